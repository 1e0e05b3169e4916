"""What a whole-loop algorithm gets as its model: calls that the engine answers, batched with those of
others."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import torch

from ..facts import ModelFacts
from .calls import Call

Answer = Callable[[Call], torch.Tensor]
HARMLESS = frozenset({"return_dict", "use_cache", "output_attentions", "output_hidden_states", "labels"})
"""Arguments that published scripts pass, allowed while they ask for nothing."""
LONGEST = 2**16
"""Canvas positions of which two rows fit into one call, whatever the limit of other forwards; a foreign model
may name no context length."""


class Logits:
    """The result of a call: `.logits` [batch, length, vocab]."""

    def __init__(self, logits: torch.Tensor) -> None:
        self.logits = logits

    def __getitem__(self, index: int) -> torch.Tensor:
        return (self.logits,)[index]


class ModelProxy:
    """Looks like the model to a published script, and holds no parameters.

    Call it with ids [batch, length] and, if rows are padded, an attention mask of that shape; padded
    positions are left out of the forward and their logits are 0. It also takes an attention bias [batch,
    length, length], bool (True: seen) or float (added to the scores), and position ids [batch, length].
    Nothing else can be asked of it: keys and values, attention weights and embeddings stay inside.
    """

    training = False

    def __init__(
        self,
        answer: Answer,
        facts: ModelFacts,
        config: Any,
        device: torch.device,
        dtype: torch.dtype,
        most_tokens: int,
    ) -> None:
        """
        Args:
            answer: gives the logits of a checked call.
            config: a copy of the model's, for the script may write to it.
            most_tokens: most ids of one call.
        """
        self._answer = answer
        self.facts = facts
        self.config = config
        self.device = device
        self.dtype = dtype
        self._most_tokens = most_tokens
        self.forwards = 0
        """Calls so far."""

    def __call__(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        attention_bias: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        **other: Any,
    ) -> Logits:
        """Logits for `input_ids`; waits until the engine has run them.

        Raises:
            TypeError: an argument that only a model in one's own hands could honour.
            ValueError: ids that are not int64 [batch, length], or outside of the vocabulary; a mask, a bias
                or positions that do not fit them.
        """
        for name, value in other.items():
            if name not in HARMLESS or value not in (None, False, True if name == "return_dict" else None):
                raise TypeError(
                    f"{name}={value!r:.40}: a model served to a whole-loop algorithm takes ids, an "
                    "attention mask, a bias and positions only; write a DenoisingAlgorithm to use its cache"
                )
        if not self.facts.cached and (attention_bias is not None or position_ids is not None):
            raise TypeError("a model that only returns logits takes no attention bias and no positions")
        self._check(input_ids, position_ids)
        mask = None if attention_mask is None else self._checked(attention_mask, input_ids)
        call = Call(
            input_ids.to(self.device, torch.int64),
            mask,
            None if attention_bias is None else self._checked_bias(attention_bias, input_ids, mask),
            None if position_ids is None else position_ids.to(self.device, torch.int64),
        )
        self.forwards += 1
        return Logits(self._answer(call))

    forward = __call__

    def _check(self, ids: torch.Tensor, positions: torch.Tensor | None) -> None:
        if type(ids) is not torch.Tensor or ids.dim() != 2 or ids.dtype not in (torch.int64, torch.int32):
            raise ValueError("input_ids: expected an integer tensor [batch, length]")
        if ids.numel() > self._most_tokens:
            raise ValueError(f"input_ids: {ids.numel()} ids in one call, at most {self._most_tokens} may be")
        context = self.facts.context_length
        if positions is None and ids.shape[1] > context:
            raise ValueError(f"input_ids: {ids.shape[1]} tokens are more than the context of {context}")
        if ids.numel() == 0 or int(ids.min()) < 0 or int(ids.max()) >= self.facts.vocab_size:
            raise ValueError(f"input_ids: expected ids from 0 to {self.facts.vocab_size - 1}")
        if positions is None:
            return
        if not _is(positions, tuple(ids.shape), torch.int64, torch.int32):
            raise ValueError(f"position_ids: expected an integer tensor {tuple(ids.shape)}")
        if int(positions.min()) < 0 or int(positions.max()) >= context:
            raise ValueError(f"position_ids: expected positions from 0 to {context - 1}")

    def _checked(self, mask: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """The attention mask as bool on the model's device."""
        if type(mask) is not torch.Tensor or mask.shape != ids.shape:
            got = tuple(mask.shape) if isinstance(mask, torch.Tensor) else type(mask).__name__
            raise ValueError(f"attention_mask: expected shape {tuple(ids.shape)}, got {got}")
        found = mask.to(self.device) != 0
        if not bool(found.any(dim=1).all()):
            raise ValueError("attention_mask: a row has no position at all")
        return found

    def _checked_bias(self, bias: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """The attention bias on the model's device."""
        shape = (*ids.shape, ids.shape[1])
        if not _is(bias, shape, torch.bool, torch.float64, torch.float32, torch.bfloat16, torch.float16):
            raise ValueError(f"attention_bias: expected a bool or float tensor {shape}")
        found = bias.to(self.device)
        seen = found if found.dtype == torch.bool else found > -torch.inf
        if found.dtype != torch.bool and not bool((found < torch.inf).all()):
            raise ValueError("attention_bias: a number is not finite, and not minus infinity")
        if mask is not None:
            seen = seen & mask[:, None] | ~mask[:, :, None]
        if not bool(seen.any(dim=2).all()):
            raise ValueError("attention_bias: a position sees none at all")
        return found

    def eval(self) -> ModelProxy:
        """Itself: it never trains."""
        return self

    def parameters(self) -> Iterator[torch.Tensor]:
        """One empty tensor, which tells device and dtype."""
        yield torch.empty(0, device=self.device, dtype=self.dtype)


def _is(tensor: Any, shape: tuple[int, ...], *dtypes: torch.dtype) -> bool:
    """Whether it is an ordinary tensor of this shape and one of these types."""
    return type(tensor) is torch.Tensor and tuple(tensor.shape) == shape and tensor.dtype in dtypes


def proxy_of(model: Any, device: torch.device, most_tokens: int, answer: Answer) -> ModelProxy:
    """A proxy of an engine's model, of which it holds facts and a copy of the configuration, nothing else.

    `most_tokens` is the limit of a forward; a call may always hold two rows of the model's context.
    """
    facts = model.facts
    most = max(most_tokens, 2 * min(facts.context_length, LONGEST))
    config = copy.deepcopy(getattr(model, "config", None))
    return ModelProxy(answer, facts, config, device, model.dtype, most)
