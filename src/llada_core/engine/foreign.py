"""Any module that returns `.logits`, as a model of the engine: whole canvases only, nothing can be kept."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch

from ..errors import ParameterError
from ..facts import ModelFacts
from ..model.packed import Packed


class ForeignModel:
    """Wraps a module called with ids [batch, length] that returns an object with `.logits` [batch, length,
    vocab].

    Rows of one length go through it together, without padding; a position's number is its place in the row.
    """

    def __init__(self, module: Any, mask_id: int | None = None) -> None:
        """
        Args:
            mask_id: None: `mask_token_id` of the module's `config`.

        Raises:
            ParameterError: nobody says which id is the mask.
        """
        config = getattr(module, "config", None)
        mask = _first(mask_id, getattr(config, "mask_token_id", None))
        if mask is None:
            raise ParameterError("mask_id", "required: this model's config has no mask_token_id")
        self._module = module
        self.device = _device(module)
        self.dtype = torch.float32
        self.config = config
        ends = getattr(config, "eos_token_id", None)
        self.facts = ModelFacts(
            mask_id=int(mask),
            end_ids=tuple(ends) if isinstance(ends, (list, tuple)) else () if ends is None else (ends,),
            context_length=_first(
                getattr(config, "max_sequence_length", None), getattr(config, "max_position_embeddings", None)
            )
            or 2**31 - 1,
            vocab_size=self._probe(int(mask)),
            cached=False,
        )

    def _probe(self, mask_id: int) -> int:
        """Width of the logits, by a forward over one mask."""
        with torch.inference_mode():
            return int(self._call(torch.tensor([[mask_id]], device=self.device)).shape[-1])

    def hidden(self, packed: Packed) -> torch.Tensor:
        """Logits [n, vocab] of the wanted tokens; they stand in for hidden states."""
        parts = torch.split(packed.tokens, list(packed.lengths))
        by_length: dict[int, list[int]] = defaultdict(list)
        for row, length in enumerate(packed.lengths):
            by_length[length].append(row)
        found: dict[int, torch.Tensor] = {}
        for rows in by_length.values():
            logits = self._call(torch.stack([parts[row] for row in rows]))
            found.update(zip(rows, logits, strict=True))
        logits = torch.cat([found[row] for row in range(len(parts))])
        return logits if packed.wanted is None else logits[packed.wanted]

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """The logits themselves."""
        return hidden

    def _call(self, ids: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self._module(ids).logits
        if logits.shape[:2] != ids.shape:
            raise ParameterError(
                "model",
                f"returned logits {tuple(logits.shape)} for ids {tuple(ids.shape)}; "
                "expected [batch, length, vocab]",
            )
        return logits


def _device(module: Any) -> torch.device:
    device = getattr(module, "device", None)
    if isinstance(device, (str, torch.device)):
        return torch.device(device)
    if isinstance(module, torch.nn.Module):
        for tensor in (*module.parameters(), *module.buffers()):
            return tensor.device
    return torch.device("cpu")


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
