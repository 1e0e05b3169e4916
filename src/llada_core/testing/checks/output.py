"""What comes out: complete, inside the canvas, ending."""

from __future__ import annotations

from inspect import signature
from typing import Any

import torch

from ...algorithm import GenerationAlgorithm
from ...engine.row import REMASKS_A_TOKEN
from ...registry import default_registry
from ..subject import CheckFailed, NotApplicable, Subject, run
from ..tiny import END_ID, MASK_ID, VOCAB, Wrapped, tiny_model

GRID: tuple[dict[str, Any], ...] = (
    {"gen_length": 12, "block_length": 12},
    {"gen_length": 12, "block_length": 4, "steps": 3},
    {"gen_length": 12, "block_length": 4, "steps": 7},
    {"gen_length": 5, "block_length": 1},
    {"gen_length": 7, "block_length": 3, "steps": 50},
    {"gen_length": 1, "block_length": 8},
    {"gen_length": 12, "block_length": 6, "threshold": 0.2},
    {"gen_length": 12, "block_length": 6, "threshold": 1.0, "steps": 2},
    {"gen_length": 12, "block_length": 6, "factor": 1.0},
    {"gen_length": 12, "block_length": 6, "temperature": 1.0, "seed": 7},
    {"gen_length": 12, "block_length": 6, "remasking": "random", "seed": 3},
)


def check_output_is_complete(subject: Subject) -> None:
    """Every position holds a token of the vocabulary, no mask, over a grid of lengths, steps and rules."""
    for values in GRID:
        values = _sparing(subject, values)
        request = subject.request(**values)
        ending = run(subject.engine(), request).finished["a"]
        tokens, length = ending.tokens, request.params.gen_length
        if len(tokens) != length:
            raise CheckFailed(f"{values}: {len(tokens)} tokens, expected {length}")
        if MASK_ID in tokens:
            raise CheckFailed(
                f"{values}: masks are left at {[n for n, t in enumerate(tokens) if t == MASK_ID]}"
            )
        if not all(0 <= token < VOCAB for token in tokens):
            raise CheckFailed(f"{values}: tokens outside of the vocabulary")


def check_generate_keeps_the_prompt(subject: Subject) -> None:
    """`generate` returns prompt and tokens [batch, prompt + gen_length], the prompt unchanged, and nfe."""
    if subject.rule is not None:
        return
    prompt = torch.tensor([[3, 1, 4, 1], [5, 9, 2, 6]])
    before = prompt.clone()
    values = {"gen_length": 12, "block_length": 6, "seed": 1} | subject.values
    tokens, nfe = _as_callers_get_it(subject).generate(tiny_model(), prompt, **values)
    if tuple(tokens.shape) != (2, 16) or tokens.dtype != torch.int64:
        raise CheckFailed(f"generate returned {tokens.dtype} {tuple(tokens.shape)}, expected int64 (2, 16)")
    if not torch.equal(prompt, before):
        raise CheckFailed("generate changed the tensor it was given")
    if not torch.equal(tokens[:, :4], prompt):
        raise CheckFailed("generate changed the prompt")
    if (tokens == MASK_ID).any():
        raise CheckFailed("generate left masks")
    if not isinstance(nfe, int) or nfe < 1:
        raise CheckFailed(f"generate returned nfe = {nfe!r}, expected a positive integer")


def _as_callers_get_it(subject: Subject) -> GenerationAlgorithm:
    """The installed instance, since `generate` knows own parameters of the default registry's alone."""
    installed = default_registry().get(subject.algorithm)
    if installed is not None and type(installed) is type(subject.instance):
        return installed
    if subject.params is not None:
        raise NotApplicable("generate knows own parameters of installed algorithms only")
    return subject.instance


def check_nothing_outside_is_written(subject: Subject) -> None:
    """Only generated positions change, also beside a fixed suffix; a mask id in the prompt is just an id."""
    takes_suffix = not subject.whole_loop or "suffix" in signature(subject.instance.generate).parameters
    suffix = (7, MASK_ID) if takes_suffix else ()
    request = subject.request(prompt=(MASK_ID, 4, MASK_ID), suffix=suffix, preview=True)
    ran = run(subject.engine(), request)
    seen = {change.position for event in ran.previews.get("a", []) for change in event.changes}
    outside = sorted(position for position in seen if not 0 <= position < 12)
    if outside:
        raise CheckFailed(f"positions {outside} were written, and the generated part is 0 to 11")
    if MASK_ID in ran.finished["a"].tokens:
        raise CheckFailed("masks are left where the prompt holds the mask id")


def check_forwards_are_bounded(subject: Subject) -> None:
    """It ends by itself: a rule that revises nothing within one forward a token, anything else within three,
    from where on the engine lets nothing be masked again."""
    most = 1 if subject.rule is not None and not subject.revises else REMASKS_A_TOKEN
    for values in GRID:
        request = subject.request(**_sparing(subject, values))
        nfe = run(subject.engine(), request).finished["a"].nfe
        if nfe > most * request.params.gen_length:
            raise CheckFailed(f"{values}: {nfe} forwards for {request.params.gen_length} tokens")


def check_mask_predicting_model_ends(subject: Subject) -> None:
    """A model whose likeliest token is always the mask does not stop it, and no mask is committed."""
    ran = run(subject.engine(Wrapped(tiny_model(), {MASK_ID: 1e4})), subject.request())
    if MASK_ID in ran.finished["a"].tokens:
        raise CheckFailed("the mask id was committed as a token")


def check_end_tokens_stop_it(subject: Subject) -> None:
    """With an end token in a complete block the rest is not computed; with `ignore_eos` it is."""
    if subject.whole_loop or subject.revises:
        return
    model = Wrapped(tiny_model(), {END_ID: 1e4})
    values: dict[str, Any] = {"gen_length": 24, "block_length": 6}
    stopped = run(subject.engine(model), subject.request(ignore_eos=False, **values)).finished["a"]
    if stopped.reason != "stop" or set(stopped.tokens) != {END_ID}:
        raise CheckFailed(f"expected end tokens only, and reason 'stop'; got {stopped.reason!r}")


def _sparing(subject: Subject, values: dict[str, Any]) -> dict[str, Any]:
    """`values` without what a subject that is a rule itself replaces."""
    if subject.rule is None:
        return values
    return {name: value for name, value in values.items() if name not in ("threshold", "factor")}
