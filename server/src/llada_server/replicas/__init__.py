"""The server over many engines: Ray Serve runs HTTP replicas in front of engine replicas.

The HTTP side is the application of `llada serve`; only its `EngineClient` is another one. Needs
`llada-server[ray]`; this module itself does not import it.
"""
