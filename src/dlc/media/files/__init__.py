"""Files as such: their paths, opening them, writing them whole, and what can go wrong with that."""
