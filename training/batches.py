"""Samples as batches of token ids. Every batch holds the same number of tokens, N = rows x width.

Rows of one batch have one width; a row is a prompt, its reply, and end tokens up to the width, so nothing is
padded and no attention mask is needed. A part of the rows is made for infilling: a hole in the reply, often
longer than the text it held and filled up with end tokens, with the rest of the reply visible behind it.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from training.data.sample import draw
from training.tokenizer import Codec

WIDTHS = [64, 80, 96, 128, 160, 192, 256, 384]
CANVAS = ((32, 64, 96, 128), (46, 34, 9, 11))
SYSTEM = [
    "You are a helpful assistant.",
    "You are a helpful AI assistant.",
    "Answer the question.",
    "Be brief.",
    "You are a tiny demo model.",
    "You are a math tutor.",
    "Think step by step.",
    "Be polite and answer in English.",
    "You are LLaDA Demo.",
    "Keep it short.",
    "Answer in one sentence.",
    "You answer questions.",
    "Be friendly.",
    "You are a chatbot.",
]
ENOUGH = 128  # different batches that must be there before one may be repeated
SYSTEM_SHARE, HISTORY_SHARE, PLAIN_SHARE, HOLE_SHARE = 0.06, 0.1, 0.04, 0.17


@dataclass(frozen=True)
class Row:
    """One sequence: ids, where the reply starts, its length, and its hole (start, end), empty for none."""

    ids: list[int]
    start: int
    length: int
    hole: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Batch:
    """`ids` uint16 [rows, width]; `start`, `length`, `hole_start`, `hole_end` int16 [rows]."""

    ids: np.ndarray
    start: np.ndarray
    length: np.ndarray
    hole_start: np.ndarray
    hole_end: np.ndarray


def conversation(rng: Random, codec: Codec) -> tuple[list[int], list[int]]:
    """Ids of a prompt and its reply: now and then with a system message, earlier turns, or as plain text."""
    sample = draw(rng)
    if rng.random() < PLAIN_SHARE:
        text = sample.response if sample.group == "open" else f"{sample.prompt}\n{sample.response}"
        return [codec.bos], [*codec.encode(text), codec.eot]
    messages: list[tuple[str, str]] = []
    if rng.random() < SYSTEM_SHARE:
        messages.append(("system", SYSTEM[int(rng.random() * len(SYSTEM))]))
    if rng.random() < HISTORY_SHARE:
        for _ in range(rng.choices((1, 2, 3, 4, 5), (60, 25, 5, 5, 5))[0]):
            earlier = draw(rng)
            if len(earlier.response) < 160:
                messages += [("user", earlier.prompt), ("assistant", earlier.response)]
    return codec.prompt([*messages, ("user", sample.prompt)]), [*codec.encode(sample.response), codec.eot]


def with_hole(rng: Random, prompt: list[int], reply: list[int], codec: Codec) -> tuple[int, Row] | None:
    """A width and a row of at most that width whose reply has a hole; None if it fits nowhere."""
    if rng.random() < 0.5:
        reply = reply[:-1]
    if not reply:
        return None
    begin = int(rng.random() * len(reply)) if rng.random() < 0.85 else 0
    size = 1 + int(rng.random() * min(len(reply) - begin, 24))
    padding = 0 if rng.random() < 0.4 else rng.randint(1, 16)
    total = len(prompt) + len(reply) + padding
    width = next((w for w in WIDTHS if w >= total), None)
    if width is None:
        return None
    if width - total <= 24 and rng.random() < 0.6:
        padding += width - total
    start = len(prompt) + begin
    ids = prompt + reply[: begin + size] + [codec.eos] * padding + reply[begin + size :]
    return width, Row(ids, len(prompt), len(reply) + padding, (start, start + size + padding))


def rows(seed: int, codec: Codec) -> Iterator[tuple[int, Row]]:
    """Endless (width, row) pairs."""
    rng = Random(seed)
    while True:
        prompt, reply = conversation(rng, codec)
        if rng.random() < HOLE_SHARE:
            made = with_hole(rng, prompt, reply, codec)
            if made is not None:
                yield made
            continue
        canvas = rng.choices(*CANVAS)[0]
        for needed in (len(prompt) + max(canvas, len(reply)), len(prompt) + len(reply)):
            width = next((w for w in WIDTHS if w >= needed), None)
            if width is not None:
                yield width, Row(prompt + reply, len(prompt), len(reply))
                break


def batches(seed: int, codec: Codec, tokens: int) -> Iterator[Batch]:
    """Endless batches of `tokens` ids, which must be a multiple of every width."""
    waiting: dict[int, list[Row]] = {width: [] for width in WIDTHS}
    for width, row in rows(seed, codec):
        ready = waiting[width]
        ready.append(row)
        if len(ready) == tokens // width:
            ids = np.full((len(ready), width), codec.eos, np.uint16)
            for i, made in enumerate(ready):
                ids[i, : len(made.ids)] = made.ids
            columns = [
                [r.start for r in ready],
                [r.length for r in ready],
                [r.hole[0] for r in ready],
                [r.hole[1] for r in ready],
            ]
            yield Batch(ids, *(np.array(column, np.int16) for column in columns))
            waiting[width] = []


def _work(seed: int, tokens: int, out: multiprocessing.Queue) -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    for batch in batches(seed, Codec(), tokens):
        out.put(batch)


class Feed:
    """Batches from worker processes. If they fall behind, an earlier batch is used again, with new masks."""

    def __init__(self, workers: int, seed: int, tokens: int, keep: int = 1024) -> None:
        context = multiprocessing.get_context("spawn")
        self._queue = context.Queue(maxsize=96)
        self._kept: list[Batch] = []
        self._keep = keep
        self._rng = Random(seed)
        self.fresh = self.repeated = 0
        self._workers = [
            context.Process(target=_work, args=(seed * 1000 + i, tokens, self._queue), daemon=True)
            for i in range(workers)
        ]
        for worker in self._workers:
            worker.start()

    def __next__(self) -> Batch:
        try:
            batch = self._queue.get_nowait()
        except queue.Empty:
            if len(self._kept) >= ENOUGH:
                self.repeated += 1
                return self._kept[int(self._rng.random() * len(self._kept))]
            batch = self._wait()
        self.fresh += 1
        if len(self._kept) < self._keep:
            self._kept.append(batch)
        else:
            self._kept[self.fresh % self._keep] = batch
        return batch

    def _wait(self) -> Batch:
        while True:
            try:
                return self._queue.get(timeout=1)
            except queue.Empty:
                dead = [worker.exitcode for worker in self._workers if not worker.is_alive()]
                if dead:
                    raise RuntimeError(
                        f"{len(dead)} of {len(self._workers)} data workers ended (exit codes {dead}); "
                        "their errors are above"
                    ) from None

    def close(self) -> None:
        """Stop the workers."""
        for worker in self._workers:
            worker.terminate()
            worker.join()
        self._queue.close()
