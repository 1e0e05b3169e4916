"""EB-Sampler: each step commits as many tokens as an entropy bound allows."""
