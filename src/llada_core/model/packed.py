"""The input of one forward: rows of different length end to end, without padding."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class KVAccess:
    """Which slots of the key/value pool one forward writes and reads.

    Slots index the pool's token axis. Writing happens before reading, layer by layer, so a row that writes
    its window may read it back from the pool.
    """

    keys: torch.Tensor
    """[layers, slots, kv_heads, head_dim], rotated."""
    values: torch.Tensor
    """[layers, slots, kv_heads, head_dim]."""
    write_slots: torch.Tensor
    """int64 [written]: the slots to write; distinct."""
    write_tokens: torch.Tensor
    """int64 [written]: the packed tokens whose keys/values go there."""
    read_slots: tuple[range | torch.Tensor | None, ...]
    """One a row: the run of slots that the row attends to, or int64 [attended] any slots, or None: only its
    own packed tokens."""
    restore: torch.Tensor | None = None
    """int64: slots whose entries are as before once the forward has run."""

    def slots(self, tokens: int) -> torch.Tensor:
        """int64 [tokens]: the slot that each packed token is written to, -1 for none."""
        found = torch.full((tokens,), -1, dtype=torch.int64, device=self.write_slots.device)
        return found.index_copy_(0, self.write_tokens, self.write_slots)


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows end to end in one `[tokens]` axis. A row attends to itself or to what `kv` says, to no other."""

    tokens: torch.Tensor
    """int64 [tokens] ids."""
    positions: torch.Tensor
    """int64 [tokens] absolute canvas positions, for the rotary embedding."""
    lengths: tuple[int, ...]
    """Tokens of each row, in order; their sum is [tokens]."""
    kv: KVAccess | None = None
    bias: tuple[torch.Tensor | None, ...] | None = None
    """One a row: [length, length] from query to key, bool (True: seen) or float (added to the scores); None:
    the row sees all of itself. A row with a bias reads no slots."""
    wanted: torch.Tensor | None = None
    """int64 [n]: the packed tokens whose hidden states are wanted, in this order; None: all. What nobody
    wants is spared behind the last layer's attention."""


@dataclass(frozen=True, slots=True)
class BlockWindows:
    """Equally long block windows, one a row; every other position of its canvas is kept in the pool."""

    tokens: torch.Tensor
    """int64 [rows * block_length] ids."""
    slot: torch.Tensor
    """int64 [rows]: where each canvas begins in the pool."""
    length: torch.Tensor
    """int64 [rows]: tokens of each canvas."""
    first: torch.Tensor
    """int64 [rows]: canvas position of each block."""
    keys: torch.Tensor
    """[layers, slots, kv_heads, head_dim], as `values`: the pool."""
    values: torch.Tensor

    def packed(self) -> Packed:
        """The same forward as packed rows; reads the numbers on the host."""
        rows = len(self.slot)
        offsets = torch.arange(len(self.tokens) // rows, device=self.tokens.device)
        positions = self.first[:, None] + offsets
        spans = zip(self.slot.tolist(), self.length.tolist(), strict=True)
        access = KVAccess(
            self.keys,
            self.values,
            (self.slot[:, None] + positions).flatten(),
            torch.arange(len(self.tokens), device=self.tokens.device),
            tuple(range(start, start + length) for start, length in spans),
        )
        return Packed(self.tokens, positions.flatten(), (len(offsets),) * rows, access)
