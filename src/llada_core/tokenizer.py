"""A checkpoint's tokenizer: chat layout, and text that never becomes special tokens. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer as Backend

from llada_core.chat_template import ChatTemplate, read_template
from llada_core.detokenize import ByteLevelDecoder, IncrementalDecoder, TokenBytes, cut_at_end, is_byte_level
from llada_core.errors import CheckpointError, ParameterError
from llada_core.special_tokens import special_ids, token_names

__all__ = ["IncrementalDecoder", "Tokenizer", "cut_at_end"]

PRIVATE_USE = (range(0xE000, 0xF900), range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE))

WORD = 16
"""Characters of the longest text whose ids are kept."""


class Tokenizer:
    """Text to ids and back for the checkpoint in `folder`.

    Special tokens come from the chat template alone. Where a user's text spells one out, it stays text.
    """

    def __init__(self, folder: Path | str) -> None:
        """
        Raises:
            CheckpointError: there is no tokenizer.json, or it or the chat template cannot be read.
        """
        self.folder = Path(folder)
        if not (self.folder / "tokenizer.json").is_file():
            raise CheckpointError(f"{folder}: no tokenizer.json")
        try:
            self._backend = Backend.from_file(str(self.folder / "tokenizer.json"))
        except Exception as error:  # The library raises nothing narrower.
            raise CheckpointError(f"{folder}: tokenizer.json cannot be read: {error}") from None
        # Read special tokens as plain text; the template's own are split off before.
        self._backend.encode_special_tokens = True
        self._backend.no_truncation()
        self._backend.no_padding()
        self._special: dict[str, int] = special_ids(self.folder, self._backend)
        self._special_ids = frozenset(self._special.values())
        longest_first = sorted(self._special, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._token_bytes = TokenBytes(self._backend) if is_byte_level(self._backend) else None
        self._word = lru_cache(maxsize=256)(lambda text: tuple(self._plain(text)))
        source, names = read_template(self.folder), token_names(self.folder)
        self._template = None if source is None else ChatTemplate(source, names)
        self.description: dict[str, str | None] = {**names, "chat_template": source}
        """Special tokens by what they are for (`bos_token` and so on), and the chat template or None."""

    @property
    def vocab_size(self) -> int:
        """Tokens that have a text or a name; the logits may be wider."""
        return int(self._backend.get_vocab_size(with_added_tokens=True))

    @property
    def special_ids(self) -> frozenset[int]:
        """Ids that no text becomes: begin, end, turns, mask."""
        return self._special_ids

    @property
    def has_chat_template(self) -> bool:
        """Whether `chat` can be used."""
        return self._template is not None

    def encode(self, text: str) -> list[int]:
        """Ids of plain text: no special token, whatever the text spells, and none put around it."""
        return list(self._plain(text))

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids; special tokens and ids without a token are left out."""
        text: str = self._backend.decode(list(ids), skip_special_tokens=True)
        return text

    def token_text(self, id: int) -> str:
        """Text of one id, U+FFFD for part of a character; a special token's name."""
        if id in self._special_ids:
            return str(self._backend.id_to_token(id) or "")
        return self.decode([id])

    def incremental_decoder(self) -> ByteLevelDecoder | IncrementalDecoder:
        """A decoder for one reply."""
        if self._token_bytes is not None:
            return ByteLevelDecoder(self._token_bytes)
        return IncrementalDecoder(self.decode, self._special_ids)

    def chat(self, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        """Ids of a conversation in the checkpoint's chat layout, up to where the reply begins.

        Each message has a `role` and a `content`, both text.

        Raises:
            ParameterError: the checkpoint has no chat template, or its template refuses these messages.
        """
        if self._template is None:
            raise ParameterError(
                "messages",
                "this checkpoint has no chat template; send a plain prompt to completions instead",
            )
        marks = self._marks(messages)
        marked = [{key: self._mark(value, marks) for key, value in message.items()} for message in messages]
        text = self._template.render(marked)
        restore = str.maketrans({mark: token for token, mark in marks.items()})
        ids: list[int] = []
        start = 0
        for match in self._pattern.finditer(text):
            ids += self._between(text[start : match.start()].translate(restore))
            ids.append(self._special[match[0]])
            start = match.end()
        return [*ids, *self._between(text[start:].translate(restore))]

    def _marks(self, messages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """For each special token that the messages spell out, a character that they do not contain."""
        texts = []
        for n, message in enumerate(messages):
            for key in ("role", "content"):
                if not isinstance(message.get(key), str):
                    raise ParameterError(
                        f"messages[{n}].{key}", f"expected text, got {message.get(key)!r:.40}"
                    )
            texts += [value for value in message.values() if isinstance(value, str)]
        spelt = {match[0] for text in texts for match in self._pattern.finditer(text)}
        if not spelt:
            return {}
        taken = set().union(*texts)
        free = (mark for code in chain(*PRIVATE_USE) if (mark := chr(code)) not in taken)
        return dict(zip(sorted(spelt), free, strict=False))

    def _mark(self, value: Any, marks: Mapping[str, str]) -> Any:
        if not marks or not isinstance(value, str):
            return value
        return self._pattern.sub(lambda match: marks[match[0]], value)

    def _between(self, text: str) -> Sequence[int]:
        """Ids of what a template has between two special tokens: most are short, and the same each time."""
        return self._word(text) if len(text) <= WORD else self.encode(text)

    def _plain(self, text: str) -> Iterator[int]:
        """Ids of `text` without any special one; where merges would spell one, the text is cut apart."""
        encoding = self._backend.encode(text, add_special_tokens=False)
        at = next((n for n, id in enumerate(encoding.ids) if id in self._special_ids), None)
        if at is None:
            yield from encoding.ids
            return
        start, end = encoding.offsets[at]
        if end - start < 2:
            raise ParameterError("text", f"this tokenizer reads {text[start:end]!r} as a special token only")
        yield from self._plain(text[: start + 1])
        yield from self._plain(text[start + 1 :])
