"""Prophet: once the answer is clear, commits all that is left."""
