"""dInfer's hierarchical decoding: the surest of every run of masks goes too."""
