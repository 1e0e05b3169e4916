"""dKV-Cache: keys and values are kept from one step after a token's commit."""
