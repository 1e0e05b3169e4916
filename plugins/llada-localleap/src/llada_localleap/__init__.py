"""LocalLeap: near a token that is sure, less confidence is enough."""
