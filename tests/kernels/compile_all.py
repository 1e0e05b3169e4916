"""Compiles every kernel for a card of the compute capability that is given, which need not be here.

Run by `test_compile`, in a process of its own: where Triton's interpreter is asked for, nothing compiles.
"""

from __future__ import annotations

import sys
from typing import Any

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from llada_core.kernels import (
    activation,
    attention,
    commit,
    matmul,
    norm,
    truncation,
    vocabulary,
    vocabulary_shares,
)

FLAGS = {"wanted", "write", "remask"}
LONG = {
    *("last", "top_k", "seed", "position", "forwards", "held", "sampled", "slot", "length", "first", "slots"),
    *("masked", "token", "tokens", "may_remask", "result", "new_tokens", "new_masked"),
    *("step_in_block", "masked_left", "wanted", "buffers", "flags", "words"),
}
FLOATS = {
    *(
        "units",
        "best",
        "second",
        "rest",
        "slope",
        "mass",
        "others",
        "current",
        "gap",
        "entropy",
        "value",
        "cut",
    ),
    *("scales", "scans", "found", "cos_table", "sin_table", "partial", "odds"),
}
INTEGERS = {"whole_scans", "index", "bad", "places", "rows", "arrived", "turns"}
NUMBERS = {
    *("vocab", "width", "chunks", "per_row", "depth", "n", "mask_id", "slot_step", "head_step"),
    *("share", "compact", "rank", "ranks", "half", "most", "few"),
}
TILE = {"TOKENS": 32, "WIDTH": 32, "DEPTH": 64}
SHAPE = {"LENGTH": 32, "HEADS": 32, "KV_HEADS": 8, "HALF": 64}
NORM = {"PARTS": 1, "AT_ONCE": False, "BLOCK": 4096, "RANK": 1, "RANKS": 1}
VOCABULARY = {"MASK_ID": 126336, "CHUNK": 4096}

KERNELS: list[tuple[Any, dict[str, Any], dict[str, str]]] = [
    (norm._add_norm, {**NORM, "SCALED": False, "FP8": False}, {}),
    (norm._add_norm, {**NORM, "SCALED": False, "FP8": False, "RANKS": 2}, {}),
    (
        norm._add_norm,
        {**NORM, "SCALED": False, "FP8": False, "RANKS": 2, "AT_ONCE": True, "PARTS": 2},
        {"delta": "*fp32"},
    ),
    (activation._silu_mul, {"SCALED": False, "BLOCK": 2048}, {}),
    (matmul._matmul, {**TILE, "SCALED": False, "UNITS": False, "TURNED": True}, {"tokens": "i32"}),
    (
        matmul._matmul,
        {**TILE, "SCALED": True, "UNITS": False, "TURNED": False},
        {"tokens": "i32", "weight": "*i8", "scale": "*fp32"},
    ),
    (attention._block_attention, {**SHAPE, "QUERIES": 32, "KEYS": 64, "SPLITS": 1}, {}),
    (attention._block_attention, {**SHAPE, "QUERIES": 32, "KEYS": 64, "SPLITS": 4}, {}),
    (
        attention._rotate,
        {"HEADS": 32, "KV_HEADS": 8, "HALF": 64, "TURNED": 64, "VALUES": 8, "KEEP": True},
        {},
    ),
    (vocabulary._enumerate, {"BLOCK": 1024}, {}),
    (vocabulary._scan, {**VOCABULARY, "TRUNCATED": True, "PLACED": True}, {}),
    (vocabulary._join, {**VOCABULARY, "TRUNCATED": True, "PLACED": True, "STREAM": 0, "CHUNKS": 32}, {}),
    (vocabulary_shares._look_up, {**VOCABULARY, "PLACED": True, "STREAM": 0, "CHUNKS": 32}, {"out": "*fp32"}),
    (vocabulary_shares._join_shares, {"MASK_ID": 126336, "PLACED": True, "CHUNKS": 32}, {}),
    (truncation._cut, {**VOCABULARY, "PLACED": True, "LOWEST_BIT": 16}, {}),
    (commit._ranks, {"BLOCK": 32}, {"cost": "*fp64", "out": "*i64"}),
    (commit._commit, {"BLOCK": 32, "GIVEN": True, "REVISES": True, "REMASKS": True}, {}),
]
FP8: list[tuple[Any, dict[str, Any], dict[str, str]]] = [
    (
        matmul._matmul,
        {**TILE, "SCALED": True, "UNITS": True, "TURNED": True},
        {"tokens": "i32", "x": "*fp8e4nv", "weight": "*fp8e4nv", "scale": "*fp32"},
    ),
    (
        norm._add_norm,
        {**NORM, "SCALED": True, "FP8": True},
        {"normed": "*fp8e4nv", "scale": "*fp32"},
    ),
    (
        activation._to_fp8,
        {"GATED": True, "SCALED": True, "BLOCK": 16384},
        {"out": "*fp8e4nv", "scale": "*fp32"},
    ),
]


def kind(name: str) -> str:
    """The type of an argument, by its name: the same in all kernels but where they say otherwise."""
    if name in NUMBERS:
        return "i32"
    if name in ("eps", "scale"):
        return "fp32"
    if name in ("temperature", "top_p"):
        return "*fp64"
    if name in LONG:
        return "*i64"
    if name in FLAGS:
        return "*i1"
    return "*fp32" if name in FLOATS else "*i32" if name in INTEGERS else "*bf16"


def main() -> None:
    """Compile all that this card has."""
    capability = int(sys.argv[1])
    for kernel, constants, given in KERNELS + (FP8 if capability >= 89 else []):
        names = kernel.arg_names
        early = "EARLY" in names and capability >= 90
        known = constants | ({"EARLY": early} if "EARLY" in names else {})
        signature = {n: "constexpr" if n in known else given.get(n) or kind(n) for n in names}
        values = {(names.index(n),): value for n, value in known.items()}
        source = ASTSource(fn=kernel, signature=signature, constexprs=values)
        made = triton.compile(
            source, target=GPUTarget("cuda", capability, 32), options={"num_warps": 4, "launch_pdl": early}
        )
        assert made.asm["cubin"]
        print(kernel.__name__)


if __name__ == "__main__":
    main()
