"""The target's light, color, grain and folds on the new face."""
