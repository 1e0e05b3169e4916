"""`llada serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .fields import MAX_N
from .options import DEFAULTS, Paths, ServeCommand, Words, read_config, setting, variable
from .settings import Settings

SERVER, MODEL, ENGINE, LIMITS, SECURITY = "Server", "Model", "Engine", "Limits", "Security"
FILE = click.Path(path_type=Path, dir_okay=False)
COUNT = click.IntRange(1)
SECONDS = click.FloatRange(0, min_open=True)


@click.command(
    cls=ServeCommand,
    epilog="Every option is also a variable and a name in the file of --config: --max-rows is LLADA_MAX_ROWS "
    "and max_rows. Those that may be repeated are called LLADA_API_KEYS, LLADA_ADMIN_KEYS, "
    "LLADA_SERVED_MODEL_NAMES, LLADA_EXTRA_MODEL_NAMES, "
    "LLADA_PLUGIN_FILES and LLADA_REQUIRED_PLUGINS, with commas between the values; MODEL is LLADA_MODEL. "
    "The command line goes before the environment, and that before the file.",
)
@click.argument("model", default=DEFAULTS.model, envvar=variable("model"))
@setting(SERVER, "--host", help="Address to listen on.")
@setting(SERVER, "--port", type=click.IntRange(0, 65535), help="Port; 0: any that is free.")
@setting(SERVER, "--uds", metavar="PATH", help="Listen on a Unix socket instead of an address.")
@setting(
    SERVER,
    "--http-server",
    type=click.Choice(["uvicorn", "granian"]),
    help="What speaks HTTP; granian is llada-server[granian].",
)
@setting(
    SERVER,
    "--otlp-traces-endpoint",
    metavar="URL",
    help="Send a span a request there, OTLP over HTTP; needs llada-server[otel].",
)
@setting(
    SERVER,
    "--config",
    type=FILE,
    is_eager=True,
    expose_value=False,
    callback=read_config,
    help="TOML file with values for these options.",
)
@setting(
    SERVER, "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="What is logged."
)
@setting(SERVER, "--log-format", type=click.Choice(["text", "json"]), help="json: an object a line.")
@setting(
    MODEL,
    "--served-model-name",
    "served_model_names",
    multiple=True,
    type=Words(),
    help="Name that requests send; may be repeated.",
)
@setting(
    MODEL,
    "--extra-model-name",
    "extra_model_names",
    multiple=True,
    type=Words(),
    help="Name beside those, also where they are derived from MODEL; may be repeated.",
)
@setting(MODEL, "--revision", help="Branch, tag or commit of a hub id.")
@setting(MODEL, "--device", help="cpu, cuda, cuda:1, ...; default: a GPU if there is one.")
@setting(MODEL, "--dtype", help="float32, bfloat16, float16; default: what suits the device.")
@setting(
    MODEL,
    "--quantization",
    type=click.Choice(["fp8", "int8"]),
    help="Weights in 8 bits, on a GPU: fp8 for cards that compute with it, int8 for older ones.",
)
@setting(
    MODEL,
    "--batch-invariant",
    is_flag=True,
    help="On a GPU, compute each request to the same bits in any company; slower.",
)
@setting(
    MODEL,
    "--tensor-parallel",
    type=COUNT,
    help="Split the model over so many processes, each on a GPU of its own: --device and those after it.",
)
@setting(
    ENGINE,
    "--plugin",
    "plugin_files",
    multiple=True,
    type=Paths(path_type=Path, dir_okay=False),
    help="Python file with an algorithm or rule; may be repeated.",
)
@setting(
    ENGINE,
    "--required-plugin",
    "required_plugins",
    multiple=True,
    type=Words(),
    help="Do not start without this plugin; may be repeated.",
)
@setting(
    ENGINE,
    "--engine",
    type=click.Choice(["process", "in-process"]),
    help="Run the engine in a process of its own, which is started again when it fails, or in the server's.",
)
@setting(ENGINE, "--default-algorithm", type=Words(), help="Algorithm of requests that do not name one.")
@setting(ENGINE, "--max-rows", type=COUNT, help="Most requests that run at once.")
@setting(
    ENGINE,
    "--max-wait-time",
    type=click.FloatRange(0, 60),
    help="Seconds that an idle engine waits for company.",
)
@setting(
    ENGINE,
    "--kv-tokens",
    type=COUNT,
    help="Canvas positions that the key/value pool holds; default: what --max-rows can use, or what fits.",
)
@setting(
    ENGINE,
    "--max-batched-tokens",
    type=COUNT,
    help="Most tokens of one forward, unless a single request needs more.",
)
@setting(
    ENGINE,
    "--whole-loop-threads",
    type=COUNT,
    help="Most requests at once of algorithms that bring their own loop.",
)
@setting(
    ENGINE,
    "--whole-loop-tokens",
    type=COUNT,
    help="Most canvas positions of such requests at once, unless a single one has more.",
)
@setting(
    LIMITS,
    "--algorithm-timeout",
    type=SECONDS,
    help="Seconds that a plugin's code may compute by itself before its request fails.",
)
@setting(
    LIMITS,
    "--algorithm-failures",
    type=click.IntRange(0),
    help="Failures of an algorithm's code within --algorithm-pause that switch it off; 0: nothing does.",
)
@setting(
    LIMITS,
    "--algorithm-deaths",
    type=click.IntRange(0),
    help="Ends of the engine's process in a row while an algorithm ran that switch it off; 0: none do.",
)
@setting(
    LIMITS, "--algorithm-pause", type=SECONDS, help="Seconds for which such an algorithm takes no requests."
)
@setting(
    LIMITS,
    "--step-timeout",
    type=SECONDS,
    help="Seconds without progress after which the engine's process is started again; at least twice "
    "--algorithm-timeout.",
)
@setting(
    LIMITS,
    "--max-restarts",
    type=click.IntRange(0),
    help="Failures in a row after which the engine's process is not started again.",
)
@setting(LIMITS, "--request-timeout", type=SECONDS, help="Seconds after which a request is given up.")
@setting(
    LIMITS, "--max-queue", type=click.IntRange(0), help="Most requests that wait behind the running ones."
)
@setting(
    LIMITS, "--max-queued-tokens", type=COUNT, help="Most canvas positions of all open requests together."
)
@setting(LIMITS, "--max-queue-per-algorithm", type=click.IntRange(0), help="The same for each algorithm.")
@setting(LIMITS, "--max-n", type=click.IntRange(1, MAX_N), help="Most choices a prompt.")
@setting(LIMITS, "--max-choices", type=COUNT, help="Most choices of a request: prompts times n.")
@setting(
    LIMITS,
    "--max-canvas",
    type=COUNT,
    help="Most canvas positions of a choice: prompt, reply, suffix; default: the model's context.",
)
@setting(
    LIMITS,
    "--max-forward-tokens",
    type=COUNT,
    help="Most positions that a choice's forwards may compute: steps times canvas, twice with guidance.",
)
@setting(LIMITS, "--max-connections", type=COUNT, help="Most connections at once.")
@setting(LIMITS, "--max-header-bytes", type=COUNT, help="Longest head of a request.")
@setting(LIMITS, "--header-timeout", type=SECONDS, help="Seconds in which that must have arrived.")
@setting(LIMITS, "--max-body-bytes", type=COUNT, help="Longest body of a request.")
@setting(LIMITS, "--body-timeout", type=SECONDS, help="Seconds in which a request's body must have arrived.")
@setting(LIMITS, "--send-timeout", type=SECONDS, help="Seconds that a client may take to read what was sent.")
@setting(
    LIMITS, "--keep-alive", type=SECONDS, help="Seconds of silence after which a stream carries a comment."
)
@setting(
    LIMITS,
    "--drain-timeout",
    type=click.FloatRange(0),
    help="Seconds that running requests get to finish once the server is stopped.",
)
@setting(
    SECURITY,
    "--api-key",
    "api_keys",
    multiple=True,
    type=Words(),
    metavar="KEY",
    help="Key that requests must send; may be repeated. Others on this machine may see it in the list of "
    "processes: prefer --api-key-file.",
)
@setting(
    SECURITY,
    "--api-key-file",
    type=FILE,
    help="File with such keys, one a line; read again when it changes.",
)
@setting(
    SECURITY,
    "--admin-key",
    "admin_keys",
    multiple=True,
    type=Words(),
    metavar="KEY",
    help="Key for operators: with one, metrics, counters and switching on need it; may be repeated.",
)
@setting(SECURITY, "--admin-key-file", type=FILE, help="File with such keys, as --api-key-file.")
@setting(SECURITY, "--ssl-certfile", metavar="FILE", help="Certificates in PEM form: serve HTTPS.")
@setting(
    SECURITY, "--ssl-keyfile", metavar="FILE", help="Its private key, where that is in a file of its own."
)
@setting(
    SECURITY, "--strict-params", is_flag=True, help="Refuse unknown request fields instead of ignoring them."
)
def serve(
    plugin_files: tuple[Path, ...],
    required_plugins: tuple[str, ...],
    api_keys: tuple[str, ...],
    api_key_file: Path | None,
    admin_keys: tuple[str, ...],
    admin_key_file: Path | None,
    **settings: Any,
) -> None:
    """Serve MODEL over an OpenAI-compatible HTTP interface.

    MODEL is a folder, a Hugging Face hub id, or the name of an installed checkpoint; by default the small
    demo model.
    """
    from .startup import start, take_keys

    keys = take_keys(api_keys, api_key_file)
    admin = take_keys(admin_keys, admin_key_file, "admin key")
    start(Settings(**settings), files=plugin_files, required=required_plugins, keys=keys, admin_keys=admin)
