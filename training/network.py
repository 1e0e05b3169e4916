"""LLaDA in plain PyTorch, with the published tensor names and configuration keys.

Bidirectional, pre-norm, RMSNorm, rotary positions, SwiGLU, untied head, no biases.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

EPSILON = 1e-5
CONFIG: dict[str, object] = {
    "architectures": ["LLaDAModelLM"],
    "model_type": "llada",
    "d_model": 256,
    "n_heads": 4,
    "n_kv_heads": 4,
    "n_layers": 8,
    "mlp_hidden_size": 704,
    "vocab_size": 2048,
    "embedding_size": 2048,
    "max_sequence_length": 1024,
    "rope": True,
    "rope_theta": 10000.0,
    "rope_full_precision": True,
    "layer_norm_type": "rms",
    "rms_norm_eps": EPSILON,
    "layer_norm_with_affine": True,
    "bias_for_layer_norm": False,
    "attention_layer_norm": False,
    "activation_type": "silu",
    "block_type": "llama",
    "block_group_size": 1,
    "include_bias": False,
    "include_qkv_bias": False,
    "weight_tying": False,
    "scale_logits": False,
    "input_emb_norm": False,
    "alibi": False,
    "flash_attention": False,
    "multi_query_attention": None,
    "attention_dropout": 0.0,
    "residual_dropout": 0.0,
    "embedding_dropout": 0.0,
    "init_device": "cpu",
    "init_fn": "normal",
    "init_std": 0.02,
    "mlp_ratio": 4,
    "precision": "amp_bf16",
    "use_cache": False,
    "torch_dtype": "bfloat16",
}


class Norm(nn.Module):
    """RMSNorm: in float32, back to the input's type, then the weight."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalised x [..., width]."""
        y = x.float()
        y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + EPSILON)
        return self.weight.to(x.dtype) * y.to(x.dtype)


class Block(nn.Module):
    """The weights of one layer; `LLaDA.forward` and the training step use them."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.attn_norm, self.ff_norm = Norm(width), Norm(width)
        for name in ("q_proj", "k_proj", "v_proj", "attn_out"):
            setattr(self, name, nn.Linear(width, width, bias=False))
        self.ff_proj = nn.Linear(width, hidden, bias=False)
        self.up_proj = nn.Linear(width, hidden, bias=False)
        self.ff_out = nn.Linear(hidden, width, bias=False)


def rope_table(
    length: int, head_dim: int, theta: float, device: torch.device | str
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosine and sine [length, head_dim] of rotary angles, halves repeated (Su et al., RoFormer, eq. 15)."""
    frequencies = 1.0 / (theta ** (torch.arange(0, head_dim, 2, device=device).float() / head_dim))
    angles = torch.outer(torch.arange(length, device=device).float(), frequencies)
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary positions applied to x [..., head_dim], in float32."""
    first, second = x.float().chunk(2, -1)
    return (x.float() * cos + torch.cat([-second, first], -1) * sin).to(x.dtype)


class LLaDA(nn.Module):
    """The network; its state dictionary has the names of the published checkpoints."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        self.config = config
        width, vocabulary = config["d_model"], config["embedding_size"]
        blocks = nn.ModuleList(Block(width, config["mlp_hidden_size"]) for _ in range(config["n_layers"]))
        parts = {
            "wte": nn.Embedding(vocabulary, width),
            "blocks": blocks,
            "ln_f": Norm(width),
            "ff_out": nn.Linear(width, vocabulary, bias=False),
        }
        self.model = nn.Module()
        self.model.transformer = nn.ModuleDict(parts)

    def initialise(self, seed: int) -> LLaDA:
        """Fresh weights by fan-in; those that write to the residual stream smaller by sqrt(2 layers)."""
        generator = torch.Generator().manual_seed(seed)
        shrink = (2 * self.config["n_layers"]) ** -0.5
        for name, weight in self.named_parameters():
            if weight.dim() == 1:
                weight.data.fill_(1)
            elif "wte" in name:
                weight.data.normal_(0, 0.5, generator=generator)
            elif name.endswith("transformer.ff_out.weight"):
                weight.data.normal_(0, 0.02, generator=generator)
            else:
                scale = shrink if name.endswith(("attn_out.weight", "ff_out.weight")) else 1.0
                weight.data.normal_(0, scale * weight.shape[1] ** -0.5, generator=generator)
        return self

    def forward(
        self, ids: torch.Tensor, visible: torch.Tensor | None = None, columns: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Logits [rows, width, vocabulary], or [rows, k, vocabulary] at `columns` [rows, k] only.

        `visible` [rows, width] is False where a row has no token; None if all are full.
        """
        parts, heads = self.model.transformer, self.config["n_heads"]
        count, length = ids.shape
        x = parts["wte"](ids)
        head_dim = x.shape[-1] // heads
        cos, sin = rope_table(length, head_dim, self.config["rope_theta"], ids.device)
        mask = None if visible is None else visible[:, None, None, :]

        def split(y: torch.Tensor) -> torch.Tensor:
            return y.view(count, length, heads, head_dim).transpose(1, 2)

        for block in parts["blocks"]:
            y = block.attn_norm(x)
            q, k, v = split(block.q_proj(y)), split(block.k_proj(y)), split(block.v_proj(y))
            y = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, attn_mask=mask)
            x = x + block.attn_out(y.transpose(1, 2).reshape(count, length, -1))
            y = block.ff_norm(x)
            x = x + block.ff_out(F.silu(block.ff_proj(y)) * block.up_proj(y))
        if columns is not None:
            x = x.gather(1, columns[..., None].expand(-1, -1, x.shape[-1]))
        return parts["ff_out"](parts["ln_f"](x))


def _shard(name: str, layers: int) -> int:
    if ".blocks." in name:
        return 1 if int(name.split(".blocks.")[1].split(".")[0]) < layers // 2 else 2
    return 1 if "wte" in name else 2


def save(network: LLaDA, folder: Path) -> None:
    """Write bfloat16 safetensors in two shards, their index, `config.json` and `generation_config.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    shards: dict[int, dict[str, torch.Tensor]] = {1: {}, 2: {}}
    weight_map, total = {}, 0
    for name, weight in network.state_dict().items():
        shard = _shard(name, network.config["n_layers"])
        shards[shard][name] = weight.detach().to("cpu", torch.bfloat16).contiguous()
        weight_map[name] = f"model-{shard:05d}-of-00002.safetensors"
        total += 2 * weight.numel()
    for shard, tensors in shards.items():
        save_file(tensors, str(folder / f"model-{shard:05d}-of-00002.safetensors"), metadata={"format": "pt"})
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")
    (folder / "config.json").write_text(json.dumps(network.config, indent=1) + "\n")
    ends = (
        [network.config["eos_token_id"], network.config["eot_token_id"]]
        if "eot_token_id" in network.config
        else network.config["eos_token_id"]
    )
    generation = {
        "bos_token_id": network.config["bos_token_id"],
        "eos_token_id": ends,
        "pad_token_id": network.config["pad_token_id"],
        "do_sample": False,
    }
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=1) + "\n")


def load(folder: Path | str, dtype: torch.dtype = torch.float32) -> LLaDA:
    """The network of a checkpoint folder."""
    folder = Path(folder)
    network = LLaDA(json.loads((folder / "config.json").read_text()))
    weights: dict[str, torch.Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        weights |= load_file(str(file))
    network.load_state_dict(weights)
    return network.to(dtype).eval()
