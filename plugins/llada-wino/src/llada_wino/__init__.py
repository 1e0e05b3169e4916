"""WINO: drafts wide, verifies through a shadow of the block, and revokes what does not hold."""
