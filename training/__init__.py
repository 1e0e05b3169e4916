"""How the demo checkpoint was made: synthetic data, LLaDA's masked objective, evaluation."""
