"""`generate_many`: from a file of prompts to a file of replies."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import msgspec
from tqdm import tqdm

from ..checkpoints import resolve
from ..errors import ParameterError
from ..session import Session
from .done import Done
from .job import Job, claim
from .jsonl import JsonLines
from .lines import Defaults
from .parquet_folder import ParquetFolder
from .pool import Pool
from .records import Record, Task
from .replica import Setup
from .source import Given, Source, numbered
from .tasks import Running


class Sink(Protocol):
    """Where records go."""

    def write(self, record: Record) -> None:
        """Add a record."""

    def close(self) -> None:
        """End writing; everything is safe then."""


class Summary(msgspec.Struct, kw_only=True):
    """What a run has done. A run that went on with an earlier one counts only its own part."""

    replies: int = 0
    errors: int = 0
    """Records that hold an error."""
    found: int = 0
    """Records that were there already."""
    tokens: int = 0
    """Of the replies' texts."""
    forwards: int = 0
    seconds: float = 0.0
    """From the start of the replicas to the last record."""

    def count(self, record: Record) -> None:
        """Count one record."""
        if record.error is not None:
            self.errors += 1
            return
        self.replies += 1
        self.tokens += len(record.token_ids or ())
        self.forwards += record.nfe or 0


def generate_many(
    prompts: str | Path | Iterable[Given],
    output: str | Path,
    *,
    model: str | Path = "demo",
    session: Session | None = None,
    replicas: int = 1,
    max_rows: int = 32,
    samples: int = 1,
    algorithm: str | None = None,
    params: Mapping[str, Any] | None = None,
    prefix: str = "",
    suffix: str = "",
    raw: bool = False,
    system: str | None = None,
    device: str | None = None,
    dtype: str | None = None,
    revision: str | None = None,
    quantization: str | None = None,
    batch_invariant: bool = False,
    tensor_parallel: int = 1,
    files: Sequence[str | Path] = (),
    progress: bool | None = None,
) -> Summary:
    """Reply to every prompt and write each reply as it is complete, in no order.

    Called again with the same arguments after a crash, it goes on where it stopped: every line has one record
    for each sample in the end, none is lost and none is there twice. Memory does not grow with the number of
    prompts, apart from a bit for each.

    Args:
        prompts: a file (JSON Lines, `.txt` with a prompt a line, or `.parquet`), or texts and mappings with
            the names of a line. `docs/rollouts.md` has the names.
        output: JSON Lines, or a folder of parquet files where the name ends in `.parquet`. A note beside it,
            `.job`, says of which run it is.
        session: run here, in this thread, on a session that exists; else processes are started.
        replicas: how many processes, each with the model: on GPUs of its own where there are enough.
        max_rows: most requests that share a forward of a replica.
        samples: replies to each line; they differ in their seeds.
        algorithm, params, prefix, suffix, raw: for lines that do not say otherwise, as for `Ask`.
        system: a system message before each prompt that is text.
        files: Python files with algorithms, for the replicas.
        progress: a bar on standard error; None: if that is a terminal.

    Raises:
        RolloutError: the output is of another run, a file is missing or damaged, or replicas do not stay up.
        ParameterError, UnknownNameError: the defaults can never run.
        CheckpointError: no such model.
    """
    for name, count in (("replicas", replicas), ("max_rows", max_rows), ("samples", samples)):
        if count < 1:
            raise ParameterError(name, f"expected at least 1, got {count}")
    output = Path(output)
    source = Source(Path(prompts)) if isinstance(prompts, (str, Path)) else None
    defaults = Defaults(
        algorithm=algorithm,
        params=dict(params or {}),
        prefix=prefix,
        suffix=suffix,
        raw=raw,
        system=system,
        samples=samples,
    )
    folder = "" if session is not None else str(resolve(model, revision, _shown(progress)))
    job = Job(
        model=str(model),
        revision=revision,
        dtype=dtype,
        quantization=quantization,
        prompts=source.identity if source else None,
        defaults=defaults,
    )
    done = Done(samples)
    claim(output, job)
    sink: Sink = (ParquetFolder if output.suffix == ".parquet" else JsonLines)(output, done)
    with closing(sink):
        summary = Summary(found=len(done))
        lines = source if source is not None else numbered(prompts)  # type: ignore[arg-type]
        tasks = _tasks(lines, done, samples)
        if session is not None:
            records = run_here(session, tasks, defaults, max_rows)
        else:
            setup = Setup(
                folder=folder,
                device=device,
                dtype=dtype,
                quantization=quantization,
                batch_invariant=batch_invariant,
                tensor_parallel=tensor_parallel,
                max_rows=max_rows,
                files=tuple(map(str, files)),
                defaults=defaults,
                replicas=replicas,
            )
            records = Pool(setup, tasks).run()
        total = source.identity.lines * samples if source else None
        _write(records, sink, summary, total, _shown(progress))
    return summary


def run_here(session: Session, tasks: Iterator[Task], defaults: Defaults, max_rows: int) -> Iterator[Record]:
    """The records of `tasks`, which share the session's forwards. Whoever stops reading cancels them."""
    running = Running(session, defaults)
    try:
        while True:
            while len(running) < max_rows and (task := next(tasks, None)) is not None:
                record = running.start(task)
                if record is not None:
                    yield record
            if not len(running):
                return
            yield from running.step()
    finally:
        running.cancel()


def _tasks(lines: Iterable[tuple[int, bytes]], done: Done, samples: int) -> Iterator[Task]:
    for number, data in lines:
        for sample in range(samples):
            if (number, sample) not in done:
                yield Task(number, sample, data)


def _write(
    records: Iterator[Record], sink: Sink, summary: Summary, total: int | None, progress: bool
) -> None:
    started = time.monotonic()
    with (
        closing(records),  # type: ignore[type-var]
        tqdm(total=total, initial=summary.found, unit=" replies", disable=not progress) as bar,
    ):
        for record in records:
            sink.write(record)
            summary.count(record)
            summary.seconds = time.monotonic() - started
            bar.set_postfix(
                {"tokens/s": f"{summary.tokens / summary.seconds:.0f}", "errors": summary.errors},
                refresh=False,
            )
            bar.update()


def _shown(progress: bool | None) -> bool:
    return sys.stderr.isatty() if progress is None else progress
