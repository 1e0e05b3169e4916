"""A tiny network that every test can afford."""

from __future__ import annotations

import pytest
import torch
from training import network as net
from training.tokenizer import Codec


@pytest.fixture(scope="session")
def codec() -> Codec:
    return Codec()


@pytest.fixture
def tiny(codec: Codec) -> net.LLaDA:
    """Two layers of width 32, over the demo's vocabulary."""
    torch.manual_seed(0)
    size = {"d_model": 32, "n_heads": 2, "n_kv_heads": 2, "n_layers": 2, "mlp_hidden_size": 48}
    ids = {"mask_token_id": codec.mask, "eos_token_id": codec.eos, "pad_token_id": codec.eos}
    ends = {"bos_token_id": codec.bos, "eot_token_id": codec.eot}
    config = {**net.CONFIG, **size, **ids, **ends, "vocab_size": codec.size, "embedding_size": codec.size}
    return net.LLaDA(config).initialise(3)
