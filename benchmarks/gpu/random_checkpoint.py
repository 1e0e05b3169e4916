"""A checkpoint in the published format with LLaDA's shapes and tokenizer layout, but random weights.

Its tokenizer is LLaDA's in everything but the words: special tokens have LLaDA's ids, names and chat layout,
and nearly every other id is a space and a word of random letters. A text of such words has a token a word.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from llada_core.checkpoints.config_file import REQUIRED
from llada_core.model import LLaDAConfig
from llada_core.model.checkpoint import INDEX, published_shapes
from llada_core.model.configuration import SIZES

SPECIAL = 384
"""Ids at the end of the vocabulary that are no text."""
NAMES = {
    0: "<|startoftext|>",
    1: "<|endoftext|>",
    256: "<|mdm_mask|>",
    266: "<|start_header_id|>",
    267: "<|end_header_id|>",
    268: "<|eot_id|>",
}
"""Those with a meaning, by their place among them: in LLaDA-8B 126080, 126081, 126336, 126346 to 126348."""
BOS, EOS, MASK = 0, 1, 256
TEMPLATE = (
    "{% for message in messages %}{% if loop.first %}{{ bos_token }}{% endif %}"
    "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim }}"
    "{{ '<|eot_id|>' }}{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
)
LARGE = LLaDAConfig(mlp_hidden_size=12288)
TINY = LLaDAConfig(d_model=64, n_heads=4, n_layers=2, mlp_hidden_size=128, vocab_size=2048)
SHAPES = {"large": LARGE, "tiny": TINY}
SHARD = 4 * 10**9
"""Bytes of a file of weights, about."""


def write(folder: Path, config: LLaDAConfig, device: torch.device) -> int:
    """Write the checkpoint, its weights made on `device`; how many bytes they have."""
    _write_config(folder, config)
    write_tokenizer(folder, config.logits_width)
    return _write_weights(folder, config, device)


def words(size: int) -> list[str]:
    """The words of a vocabulary of `size` ids."""
    chance, found = Random(size), dict[str, None]()
    while len(found) < size - SPECIAL - 260:
        found["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=5))] = None
    return list(found)


def write_tokenizer(folder: Path, size: int) -> None:
    """Write the files of a tokenizer with `size` ids."""
    first = size - SPECIAL
    texts = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "user", "assistant", "system", "ĊĊ"]
    texts += ["Ġ" + word for word in words(size)]
    assert len(set(texts)) == first
    vocabulary = {text: id for id, text in enumerate(texts)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = [NAMES.get(place, f"<|reserved_token_{place}|>") for place in range(SPECIAL)]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    assert tokenizer.get_vocab_size() == size
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": NAMES[BOS],
        "eos_token": NAMES[EOS],
        "pad_token": NAMES[EOS],
        "mask_token": NAMES[MASK],
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def _write_config(folder: Path, config: LLaDAConfig) -> None:
    first = config.logits_width - SPECIAL
    ids = {"mask_token_id": first + MASK, "eos_token_id": first + EOS, "bos_token_id": first + BOS}
    fields = {key: getattr(config, key) for key in (*REQUIRED, *SIZES)} | ids
    fields |= {"architectures": ["LLaDAModelLM"], "model_type": "llada", "torch_dtype": "bfloat16"}
    (folder / "config.json").write_text(json.dumps(fields))


def _write_weights(folder: Path, config: LLaDAConfig, device: torch.device) -> int:
    """Matrices with the spread that training begins with, norms of ones; files are written side by side."""
    chance = torch.Generator(device).manual_seed(0)
    shards: list[dict[str, torch.Tensor]] = [{}]
    size = total = 0
    for name, shape in published_shapes(config).items():
        weight = torch.ones(shape, dtype=torch.bfloat16, device=device)
        if len(shape) == 2:
            weight.normal_(0, 0.02, generator=chance)
        if size > SHARD:
            shards.append({})
            size = 0
        shards[-1][name] = weight
        size += weight.nbytes
        total += weight.nbytes
    names = [f"model-{n:05}-of-{len(shards):05}.safetensors" for n in range(1, len(shards) + 1)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(save_file, shards, [folder / name for name in names]))
    places = {name: file for file, shard in zip(names, shards, strict=True) for name in shard}
    index = {"metadata": {"total_size": total}, "weight_map": places}
    (folder / INDEX).write_text(json.dumps(index))
    return total
