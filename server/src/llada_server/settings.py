"""What an operator may set, with the limits that keep one client from starving the others."""

from __future__ import annotations

from typing import Literal

import msgspec

from llada_core.engine.config import EngineConfig

ENGINE = EngineConfig()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Options of one server process. API keys are none of them: these may be shown and go to the engine."""

    host: str = "127.0.0.1"
    port: int = 8000
    uds: str | None = None
    """Path of a Unix socket to listen on instead."""
    http_server: Literal["uvicorn", "granian"] = "uvicorn"
    """What speaks HTTP."""
    ssl_certfile: str | None = None
    """Certificates in PEM form; None: HTTP without TLS."""
    ssl_keyfile: str | None = None
    """Their private key; None: it is in the same file."""
    model: str = "demo"
    """A folder, a hub id or the name of an installed checkpoint."""
    revision: str | None = None
    device: str | None = None
    """None: a GPU if there is one, else the CPU."""
    dtype: str | None = None
    """None: the model's choice for the device."""
    quantization: str | None = None
    """`fp8` or `int8`: weights in 8 bits; None: as the checkpoint has them."""
    batch_invariant: bool = False
    """Compute each request to the same bits in any company, in half precision too."""
    tensor_parallel: int = 1
    """Processes that compute the model together, each on a GPU of its own."""
    served_model_names: tuple[str, ...] = ()
    """Names that requests may send; empty: derived from `model`."""
    extra_model_names: tuple[str, ...] = ()
    """Served beside those, also when they are derived."""
    max_rows: int = ENGINE.max_rows
    """Most requests that run at once."""
    kv_tokens: int | None = ENGINE.kv_tokens
    """Size of the key/value pool in canvas positions; None: what fits, up to what `max_rows` can use."""
    max_batched_tokens: int = ENGINE.max_batched_tokens
    """Most tokens of one forward."""
    whole_loop_threads: int = ENGINE.whole_loop_threads
    """Most requests at once of algorithms that bring their own loop."""
    whole_loop_tokens: int = ENGINE.whole_loop_tokens
    """Most canvas positions of them that run at once."""
    algorithm_timeout: float = 30.0
    """Seconds that a plugin's code may compute by itself, without a forward, before its request fails."""
    engine: Literal["process", "in-process"] = "process"
    """Whether the engine runs in a process of its own, which is watched and started again when it fails."""
    step_timeout: float = 60.0
    """Seconds without progress after which the engine's process counts as hung; see `silence_limit`."""
    max_restarts: int = 5
    """Failures in a row, each soon after the last, after which the engine is not started again."""
    algorithm_failures: int = 5
    """So many failures of an algorithm's code within `algorithm_pause` switch it off; 0: nothing does."""
    algorithm_deaths: int = 3
    """Ends of the engine's process in a row, at each of which an algorithm ran and had no success since the
    first, that switch it off; 0: none do."""
    algorithm_pause: float = 60.0
    """Seconds for which it is then off."""
    max_wait_time: float = 0.0
    """Seconds that an idle engine waits for company; a running one never waits."""
    otlp_traces_endpoint: str | None = None
    """Address that takes OpenTelemetry's spans; None: none are made."""
    default_algorithm: str = "dual_cache"
    strict_params: bool = False
    """Refuse unknown request fields instead of ignoring and naming them."""
    log_level: str = "info"
    log_format: Literal["text", "json"] = "text"

    max_connections: int = 2048
    """Most connections at once."""
    max_header_bytes: int = 64 * 1024
    """Longest head of an HTTP request: its first line and headers."""
    header_timeout: float = 30.0
    """Seconds in which that must have arrived."""
    max_body_bytes: int = 2 * 1024 * 1024
    body_timeout: float = 30.0
    """Seconds in which a request's body must have arrived."""
    max_queue: int = 256
    """Most requests that wait behind the running ones; more are answered with 429."""
    max_queue_per_algorithm: int = 128
    """The same for each algorithm."""
    max_queued_tokens: int = 1_000_000
    """Most canvas positions of all open requests together."""
    max_n: int = 8
    """Most choices a prompt."""
    max_choices: int = 64
    """Most choices of a request: prompts times `n`."""
    max_canvas: int | None = None
    """Most canvas positions of a choice: prompt, reply, suffix; None: the model's context."""
    max_forward_tokens: int = 16_777_216
    """Most positions that the forwards of a choice may compute: its steps times its canvas, twice as many
    with guidance. The default is 4096 steps on a canvas of 4096."""
    request_timeout: float = 300.0
    """Seconds after which a request is given up with 504."""
    keep_alive: float = 15.0
    """Seconds of silence after which a stream carries a comment."""
    send_timeout: float = 60.0
    """Seconds that a client may take to read what was sent before it counts as gone."""
    drain_timeout: float = 30.0
    """Seconds that running requests get to finish after SIGTERM or SIGINT."""

    @property
    def silence_limit(self) -> float:
        """Seconds after which an engine that does not get on is killed: time enough for a plugin's code to be
        stopped first, which costs only its own request."""
        return max(self.step_timeout, 2 * self.algorithm_timeout)

    @property
    def heartbeat(self) -> float:
        """Seconds from one sign of life of the engine's process to the next."""
        return min(1.0, self.silence_limit / 4)
