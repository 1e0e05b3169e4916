"""What every rank does of a forward, rank 0 with the numbers at hand and the others with what it sends."""

from __future__ import annotations

from typing import Any

import torch

from ..engine.memory import free_memory, room_for_keys, token_bytes
from ..engine.packed_forward import PackedForward
from ..kv_cache import KVPool
from ..model.packed import KVAccess, Packed
from .block_forward import SplitBlockForward
from .commands import Blocks, Command, Forward, Head, Hidden, Move, Pool, Within
from .group import Group


class Rank:
    """One rank's part of a model, and what it keeps."""

    def __init__(self, model: Any, group: Group) -> None:
        """`model` is the part; see `model.shard`."""
        self.model, self.group = model, group
        self.pool: KVPool | None = None
        self.blocks: SplitBlockForward | None = None
        self._repeated = PackedForward(model, group.device)

    def obey(self, command: Command) -> None:
        """Do what rank 0 does; for the others."""
        match command:
            case Pool(slots, working):
                self.make_pool(self.agree(slots, working))
            case Move(old, new, length):
                assert self.pool is not None
                self.pool.move(old, new, length)
            case Blocks(rows):
                assert self.pool is not None
                mask_id = self.model.facts.mask_id
                self.blocks = SplitBlockForward(self.model, self.group, self.pool, mask_id, rows)
            case Hidden():
                self.hidden(command)
            case Head(count):
                self.head(self._states(count))
            case Forward(work, run):
                assert self.blocks is not None
                (self.blocks.run if run else self.blocks.hold)(work)
            case Within(work, count):
                assert self.blocks is not None
                self.blocks.read_within(work, self._states(count))

    def agree(self, slots: int, working: int | None) -> int:
        """How many slots of a new pool fit on every rank; what was kept so far is gone."""
        self.forget()
        device, model = self.group.device, self.model
        free = free_memory(device)
        if device.type == "cuda":
            torch.cuda.empty_cache()
            free = free_memory(device)
        else:  # the ranks share it
            free //= self.group.size
        room = room_for_keys(free, device, working)
        return self.group.least(min(slots, room // token_bytes(model.kv_shape, model.dtype)))

    def forget(self) -> None:
        """Give up the pool and what was captured, in which the group has calls."""
        if self.blocks is not None:
            self.blocks.forget()
        self._repeated.forget()
        self.pool = self.blocks = None

    def make_pool(self, slots: int, kind: type[KVPool] = KVPool) -> KVPool:
        """The pool of this rank's heads."""
        self.pool = kind(self.model.kv_shape, slots, self.model.dtype, self.group.device)
        return self.pool

    def hidden(self, command: Hidden, packed: Packed | None = None) -> torch.Tensor:
        """Hidden states [n, d_model] of what `command` describes: rank 0's `packed`."""
        flat = torch.empty(0) if packed is None else torch.cat(_numbers(packed))
        if packed is None:
            flat = torch.empty(sum(_sizes(command)), dtype=torch.int64, device=self.group.device)
        self.group.broadcast(flat)
        biases = self._biases(command, packed)
        if packed is None:
            packed = self._unpack(command, flat, biases)
        hidden: torch.Tensor = (self._repeated if command.repeated else self.model).hidden(packed)
        return hidden

    def head(self, hidden: torch.Tensor) -> torch.Tensor | None:
        """On rank 0 the logits [n, vocab] of its hidden states [n, d_model]."""
        hidden = self.group.broadcast(hidden.contiguous())
        part = self.model.head(hidden)
        first = self.group.rank == 0
        whole = part.new_empty((len(part), part.shape[1] * self.group.size)) if first else None
        self.group.gather(part, whole)
        return whole

    def _states(self, count: int) -> torch.Tensor:
        """Room for hidden states that rank 0 sends."""
        model = self.model
        return torch.empty((count, model.config.d_model), dtype=model.dtype, device=self.group.device)

    def _biases(self, command: Hidden, packed: Packed | None) -> tuple[torch.Tensor | None, ...] | None:
        if not command.biases:
            return None
        found: list[torch.Tensor | None] = []
        for n, (length, kind) in enumerate(zip(command.lengths, command.biases, strict=True)):
            if kind is None:
                found.append(None)
                continue
            bias = packed.bias[n] if packed is not None and packed.bias is not None else None
            if bias is None:
                bias = torch.empty((length, length), dtype=getattr(torch, kind), device=self.group.device)
            found.append(self.group.broadcast(bias.contiguous()))
        return tuple(found)

    def _unpack(
        self, command: Hidden, flat: torch.Tensor, biases: tuple[torch.Tensor | None, ...] | None
    ) -> Packed:
        parts = iter(torch.split(flat, _sizes(command)))
        tokens, positions = next(parts), next(parts)
        access = None
        if command.written is not None and self.pool is not None:
            slots, places = next(parts), next(parts)
            reads = tuple(
                range(*read) if isinstance(read, tuple) else None if read is None else next(parts)
                for read in command.reads
            )
            restore = None if command.restored is None else next(parts)
            access = KVAccess(self.pool.keys, self.pool.values, slots, places, reads, restore)
        wanted = None if command.wanted is None else next(parts)
        return Packed(tokens, positions, tuple(command.lengths), access, biases, wanted)


def describe(packed: Packed, repeated: bool) -> Hidden:
    """What the other ranks have to know before the numbers come."""
    kv = packed.kv
    return Hidden(
        lengths=list(packed.lengths),
        written=None if kv is None else len(kv.write_slots),
        reads=[] if kv is None else [_read(slots) for slots in kv.read_slots],
        restored=None if kv is None or kv.restore is None else len(kv.restore),
        wanted=None if packed.wanted is None else len(packed.wanted),
        biases=[
            None if bias is None else str(bias.dtype).removeprefix("torch.") for bias in packed.bias or ()
        ],
        repeated=repeated,
    )


def _read(slots: range | torch.Tensor | None) -> int | tuple[int, int] | None:
    if isinstance(slots, range):
        return slots.start, slots.stop
    return None if slots is None else len(slots)


def _numbers(packed: Packed) -> list[torch.Tensor]:
    found = [packed.tokens, packed.positions]
    if packed.kv is not None:
        kv = packed.kv
        optional = (*kv.read_slots, kv.restore)
        found += [kv.write_slots, kv.write_tokens, *(s for s in optional if isinstance(s, torch.Tensor))]
    return found if packed.wanted is None else [*found, packed.wanted]


def _sizes(command: Hidden) -> list[int]:
    tokens = sum(command.lengths)
    found = [tokens, tokens]
    if command.written is not None:
        optional = (*command.reads, command.restored)
        found += [command.written, command.written, *(size for size in optional if isinstance(size, int))]
    return found if command.wanted is None else [*found, command.wanted]
