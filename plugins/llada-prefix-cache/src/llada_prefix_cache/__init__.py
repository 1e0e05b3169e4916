"""Fast-dLLM's prefix cache: within a block, keys and values before it are reused."""
