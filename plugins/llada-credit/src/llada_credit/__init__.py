"""CreditDecoding: what earlier steps favoured gains confidence."""
