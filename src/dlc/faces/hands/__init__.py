"""Finding hands near faces, and following them."""
