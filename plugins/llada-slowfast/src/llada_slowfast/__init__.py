"""SlowFast sampling: finds how far the model can see, then fills up to there."""
