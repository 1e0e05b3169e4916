"""Asks in its metadata for a llada-core of the future; never imported."""

raise AssertionError("imported all the same")
