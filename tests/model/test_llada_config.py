"""The configuration: published keys, and a refusal of whatever would need other arithmetic."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llada_core.errors import CheckpointError
from llada_core.model import LLaDAConfig, load_model

SMALL = {"d_model": 64, "n_heads": 4, "n_layers": 2, "vocab_size": 100, "mask_token_id": 99}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("alibi", True),
        ("attention_layer_norm", True),
        ("activation_type", "gelu"),
        ("layer_norm_type", "default"),
        ("layer_norm_with_affine", False),
        ("block_type", "sequential"),
        ("block_group_size", 2),
        ("rope", False),
        ("rope_full_precision", False),
        ("include_bias", True),
        ("include_qkv_bias", True),
        ("bias_for_layer_norm", True),
        ("input_emb_norm", True),
        ("scale_logits", True),
        ("rope_scaling", {"type": "linear", "factor": 2.0}),
        ("sliding_window", 128),
        ("quantization_config", {"bits": 4}),
    ],
)
def test_an_option_that_is_not_implemented_is_refused(
    make_checkpoint: Callable[..., Path], key: str, value: object
) -> None:
    folder = make_checkpoint()
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(CheckpointError) as caught:
        load_model(folder, device="cpu")
    assert str(caught.value).startswith(
        f"{folder}: config.json: {key} = {value!r} is not implemented; expected"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"d_model": 66}, "d_model = 66 does not split into n_heads = 4"),
        ({"d_model": 60}, "d_model = 60 does not split into n_heads = 4 heads of even width"),
        ({"n_kv_heads": 3}, "n_heads = 4 is not a multiple of n_kv_heads = 3"),
        ({"n_layers": 0}, "n_layers = 0; expected a positive integer"),
        ({"n_layers": "2"}, "n_layers = '2'; expected a positive integer"),
        ({"rope_theta": -1.0}, "rope_theta = -1.0; expected a positive number"),
        ({"embedding_size": 50}, "embedding_size = 50 is below vocab_size = 100"),
        ({"n_kv_heads": 4, "multi_query_attention": True}, "multi_query_attention = True and n_kv_heads = 4"),
    ],
)
def test_sizes_that_do_not_fit_together_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        LLaDAConfig(**SMALL | changes)


def test_sizes_left_out_follow_from_the_others() -> None:
    config = LLaDAConfig(**SMALL)
    assert (config.kv_heads, config.mlp_width, config.logits_width, config.head_dim) == (4, 256, 100, 16)
    assert LLaDAConfig(**SMALL, multi_query_attention=True).kv_heads == 1


def test_the_libraries_names_are_understood() -> None:
    config = LLaDAConfig(**SMALL)
    assert (config.hidden_size, config.num_attention_heads, config.num_hidden_layers) == (64, 4, 2)


def test_an_unknown_key_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        LLaDAConfig(**SMALL, twisted_attention=True)
    assert "twisted_attention = True is not an option of LLaDA" in caplog.text


def test_published_keys_are_not_warned_about(golden: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for folder in (golden, golden / "trained"):
            LLaDAConfig(**json.loads((folder / "config.json").read_text()))
    assert caplog.text == ""
