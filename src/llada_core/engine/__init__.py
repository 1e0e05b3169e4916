"""Many requests through one model: requests, events, scheduler, runner, engine.

Importing this package does not import torch; `llada_core.engine.engine` does.
"""
