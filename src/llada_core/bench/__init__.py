"""How fast a model runs through the engine on this machine, and how far from what the hardware allows."""
