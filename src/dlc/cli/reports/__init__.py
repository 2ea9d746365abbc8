"""What commands answer: text for people, JSON for programs."""
