"""The demo's tokenizer: whole common words, single digits, and bytes for the rest.

A byte-level BPE file without merges (`ignore_merges`): a word of the vocabulary is one token, any other word
falls apart into bytes. So the letters of unknown and of reversed words are visible to the model one by one,
and digits are always single tokens. Special tokens and chat layout are LLaDA's.

    python -m training.tokenizer --out training/tokenizer_files
"""

from __future__ import annotations

import argparse
import collections
import json
from pathlib import Path
from random import Random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from training.data import sample, talk, unknown, vocabulary

FILES = Path(__file__).parent / "tokenizer_files"
BOS, EOS, HEADER, HEADER_END, END_OF_TURN, MASK = SPECIAL = [
    "<|startoftext|>",
    "<|endoftext|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|mdm_mask|>",
]
SPLIT = r"'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}|\n+| ?[^\s\p{L}\p{N}]+|\s+"
CHAT_TEMPLATE = (
    "{% set loop_messages = messages %}{% for message in loop_messages %}"
    "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + "
    "message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}"
    "{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
)


def _pre_tokenizer() -> pre_tokenizers.PreTokenizer:
    split = pre_tokenizers.Split(Regex(SPLIT), "isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def count_words(samples: int, seed: int) -> collections.Counter[str]:
    """How often each pre-token occurs in the training data; rare fixed texts and letters made frequent."""
    split, rng = _pre_tokenizer(), Random(seed)
    counts: collections.Counter[str] = collections.Counter()

    def add(text: str, weight: int) -> None:
        for word, _ in split.pre_tokenize_str(text):
            counts[word] += weight

    for _ in range(samples):
        drawn = sample.draw(rng)
        add(drawn.prompt, 1)
        add(drawn.response, 1)
    for reply, _ in talk.REPLIES.values():
        add(reply, 100)
    add(unknown.REPLY, 100)
    for key, words in vocabulary.LISTS.items():
        if key not in ("word", "things", "spot", "nature2"):
            for word in words:
                add(f"the {word}.", 300)
    add("\n\nuser\n\nassistant\n\nsystem\n\n", 10**6)
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
        counts["Ġ" + letter] += 10**6
    return counts


def build(size: int = 2048, samples: int = 300_000, seed: int = 7) -> Tokenizer:
    """A tokenizer of `size` entries over the words of the training data."""
    counts = count_words(samples, seed)
    vocabulary_ids = {letter: i for i, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    words = [word for word, _ in counts.most_common() if word not in vocabulary_ids]
    room = size - len(vocabulary_ids) - len(SPECIAL)
    for word in words[:room]:
        vocabulary_ids[word] = len(vocabulary_ids)
    covered = sum(counts[word] for word in vocabulary_ids) / counts.total()
    print(
        f"{len(words)} words, {room} taken, the rarest of them {counts[words[room - 1]]} times, "
        f"coverage {covered:.4f}"
    )
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary_ids, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = _pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """Write `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"bos_token": BOS, "eos_token": EOS, "pad_token": EOS, "mask_token": MASK}
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **special,
        "additional_special_tokens": [HEADER, HEADER_END, END_OF_TURN],
        "clean_up_tokenization_spaces": False,
        "model_max_length": 1024,
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=1) + "\n")


class Codec:
    """Text to ids and back, with LLaDA's chat layout."""

    def __init__(self, folder: Path | str = FILES) -> None:
        self.tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
        ids = [self.tokenizer.token_to_id(token) for token in SPECIAL]
        self.bos, self.eos, self._header, self._header_end, self.eot, self.mask = ids
        self.size = self.tokenizer.get_vocab_size()
        self._roles = {role: self._role(role) for role in ("user", "assistant", "system")}

    def _role(self, role: str) -> list[int]:
        return [self._header, *self.encode(role), self._header_end, *self.encode("\n\n")]

    def encode(self, text: str) -> list[int]:
        """Ids of a text, without anything around it."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def turn(self, role: str, text: str) -> list[int]:
        """Ids of one message with its header and end."""
        return [*self._roles[role], *self.encode(text.strip()), self.eot]

    def prompt(self, messages: list[tuple[str, str]]) -> list[int]:
        """Ids of a conversation of (role, text), up to where the assistant's reply begins."""
        ids = [self.bos]
        for role, text in messages:
            ids += self.turn(role, text)
        return ids + self._roles["assistant"]

    def reply(self, ids: list[int]) -> str:
        """The text of a generated reply: up to the first end token."""
        end = next((i for i, token in enumerate(ids) if token in (self.eos, self.eot)), len(ids))
        return self.tokenizer.decode(ids[:end], skip_special_tokens=False)

    def hole(self, ids: list[int]) -> str:
        """The text of a filled hole: end tokens in it are padding and are dropped."""
        return self.tokenizer.decode(
            [i for i in ids if i not in (self.eos, self.eot)], skip_special_tokens=False
        )


def main() -> None:
    """Build the tokenizer and write its files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FILES)
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--samples", type=int, default=300_000)
    arguments = parser.parse_args()
    save(build(arguments.size, arguments.samples), arguments.out)


if __name__ == "__main__":
    main()
