"""Sessions: which model runs where."""
