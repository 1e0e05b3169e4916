"""What rank 0 tells the others. Numbers that lie on its device follow by broadcast."""

from __future__ import annotations

from typing import Any

import msgspec

from ..engine.block_forward import Work


class Join(msgspec.Struct, frozen=True, tag=True):
    """The first message: become a rank, and build its part of the model."""

    rank: int
    size: int
    device: str
    store: str
    """File through which the ranks find each other."""
    threads: int
    """Of the CPU, where that is the device."""
    build: str
    """`module:function`, called with the group, the device and `options`; returns the model's part."""
    options: dict[str, Any]


class Pool(msgspec.Struct, frozen=True, tag=True):
    """Keep keys and values in a new pool of at most `slots`."""

    slots: int
    working: int | None
    """Bytes that the largest forward takes, if that was measured."""


class Move(msgspec.Struct, frozen=True, tag=True):
    """Move `length` entries of the pool from slot `old` on to `new`."""

    old: int
    new: int
    length: int


class Blocks(msgspec.Struct, frozen=True, tag=True):
    """Make buffers for blocks of up to `rows` rows."""

    rows: int


class Hidden(msgspec.Struct, frozen=True, tag=True):
    """Compute hidden states of packed rows; see `Packed` and `KVAccess`. Lengths of what follows."""

    lengths: list[int]
    written: int | None
    """None: nothing is kept."""
    reads: list[int | tuple[int, int] | None]
    """One a row: how many slots follow, or the first of a run of slots and the one behind its last."""
    restored: int | None
    wanted: int | None
    biases: list[str | None]
    """Types of the attention biases that follow, one a row."""
    repeated: bool
    """Whether its shape is likely to come again."""


class Head(msgspec.Struct, frozen=True, tag=True):
    """Compute logits of `count` hidden states, which follow."""

    count: int


class Forward(msgspec.Struct, frozen=True, tag=True):
    """Compute block windows, or only prepare for it."""

    work: Work
    run: bool


class Within(msgspec.Struct, frozen=True, tag=True):
    """Compute logits of windows from `count` hidden states, which follow, and what `work` reads of them."""

    work: Work
    count: int


class Close(msgspec.Struct, frozen=True, tag=True):
    """End."""


class Joined(msgspec.Struct, frozen=True, tag=True):
    """The answer to `Join`."""

    error: str | None = None
    """Why there is no part of the model here."""


Command = Pool | Move | Blocks | Hidden | Head | Forward | Within | Close
Message = Join | Joined | Command

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """The bytes of a message."""
    return _encoder.encode(message)


def decode(payload: bytes | bytearray) -> Message:
    """The message of these bytes."""
    return _decoder.decode(payload)
