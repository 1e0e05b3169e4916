"""Saber: commits faster as confidence grows, and masks again what lost it."""
