"""An unmasking rule that commits from left to right."""
