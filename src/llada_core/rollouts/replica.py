"""A replica: a process with a model of its own that takes tasks and sends records."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import msgspec

from ..errors import LladaError
from ..registry import load_registry
from .lines import Defaults
from .records import Record, Task

if TYPE_CHECKING:
    from ..session import Session


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a replica loads."""

    folder: str
    """The checkpoint."""
    device: str | None = None
    """None: a GPU of its own if there are enough, else what there is."""
    dtype: str | None = None
    quantization: str | None = None
    batch_invariant: bool = False
    tensor_parallel: int = 1
    """GPUs that the model is spread over."""
    max_rows: int = 32
    files: tuple[str, ...] = ()
    """Python files with algorithms."""
    defaults: Defaults
    replicas: int = 1
    """How many there are of it on this machine."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The model is loaded, and the defaults can run on it."""


class NotLoaded(msgspec.Struct, frozen=True, tag=True):
    """This setup can never work."""

    kind: str
    """Name of the error's class."""
    message: str
    field: str | None = None


Said = Ready | NotLoaded | Record
_tasks = msgspec.msgpack.Decoder(Task)
_said = msgspec.msgpack.Decoder(Ready | NotLoaded)
_records = msgspec.msgpack.Decoder(Record)
READY, RECORD = b"r", b"d"
"""First byte of what a replica sends: about itself, or a record."""


def encode(message: Task | Said) -> bytes:
    """The bytes of a message."""
    data = msgspec.msgpack.encode(message)
    if isinstance(message, Task):
        return data
    return (RECORD if isinstance(message, Record) else READY) + data


def decode_said(data: bytes) -> Said:
    """What a replica has sent."""
    said: Said = (_records if data[:1] == RECORD else _said).decode(memoryview(data)[1:])
    return said


def main(number: int, setup: Setup, connection: Connection) -> None:
    """What the process runs: until `connection` is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches it as well; the parent decides.
    try:
        session = load(number, setup)
    except LladaError as error:
        connection.send_bytes(encode(NotLoaded(type(error).__name__, str(error), error.field)))
        return
    connection.send_bytes(encode(Ready()))
    inbox: SimpleQueue[Task] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, inbox), daemon=True).start()
    serve(session, setup.defaults, connection, inbox)


def load(number: int, setup: Setup) -> Session:
    """A session on this replica's device, on which the defaults can run.

    Raises:
        LladaError: not.
    """
    if setup.tensor_parallel > 1:
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(
            own_gpus(number, setup, os.environ.get("CUDA_VISIBLE_DEVICES"))
        )
    import torch

    from ..session import Ask, Session

    device = setup.device
    if device is None and setup.tensor_parallel == 1 and torch.cuda.is_available():
        device = f"cuda:{number % torch.cuda.device_count()}"
    if device in (None, "cpu") and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // setup.replicas))
    session = Session.load(
        setup.folder,
        device=device,
        dtype=setup.dtype,
        quantization=setup.quantization,
        batch_invariant=setup.batch_invariant,
        tensor_parallel=setup.tensor_parallel,
        max_rows=setup.max_rows,
        registry=load_registry(map(Path, setup.files)),
        progress=False,
    )
    defaults = setup.defaults
    session.build(Ask("a", defaults.algorithm, defaults.params, defaults.prefix, defaults.suffix, True))
    return session


def own_gpus(number: int, setup: Setup, visible: str | None) -> list[str]:
    """The GPUs of a replica that needs several, of those that are visible: the first ones for the first."""
    first = number * setup.tensor_parallel
    wanted = range(first, first + setup.tensor_parallel)
    if visible is None:
        return [str(gpu) for gpu in wanted]
    return visible.split(",")[first : wanted.stop]


def serve(session: Session, defaults: Defaults, connection: Connection, inbox: SimpleQueue[Task]) -> None:
    """Run what arrives, for ever."""
    from .tasks import Running

    running = Running(session, defaults)
    while True:
        while not len(running) or not inbox.empty():
            record = running.start(inbox.get())
            if record is not None:
                connection.send_bytes(encode(record))
        for record in running.step():
            connection.send_bytes(encode(record))


def _listen(connection: Connection, inbox: SimpleQueue[Task]) -> None:
    """Read all the time, so that the parent never waits; without a parent there is no reason to go on."""
    try:
        while True:
            inbox.put(_tasks.decode(connection.recv_bytes()))
    except (EOFError, OSError):
        os._exit(0)
