"""Fast-dLLM's dual cache: within a block, keys and values before and behind it are reused."""
