"""Models rewritten for the provider that runs them."""
