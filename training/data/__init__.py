"""Synthetic prompts and answers, one module a group of tasks."""
