"""LLaDA's own sampling: no cache, every step computes the whole canvas."""
