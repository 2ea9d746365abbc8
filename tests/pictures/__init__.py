"""The pictures of README.md: what goes into them, what is shown, and how they are drawn."""
