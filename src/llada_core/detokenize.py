"""From token ids to text as they arrive."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterable, Sequence

from tokenizers import Tokenizer as Backend
from tokenizers.decoders import ByteLevel

REPLACEMENT = "\ufffd"
HELD_AT_MOST = 3
"""A character of UTF-8 has at most four bytes, so an unfinished one shows as at most three replacements."""


def cut_at_end(ids: Sequence[int], end_ids: Collection[int]) -> list[int]:
    """The ids before the first one that ends a reply."""
    ends = set(end_ids)
    return list(ids[: next((n for n, id in enumerate(ids) if id in ends), len(ids))])


class IncrementalDecoder:
    """Text of one reply, piece by piece. What was given out is final; half a character is held back.

    All pieces together are the text that decoding all ids at once gives.
    """

    def __init__(self, decode: Callable[[list[int]], str], skip: Collection[int] = ()) -> None:
        """`decode` gives the text of ids; `skip` are ids without text, such as special tokens."""
        self._decode = decode
        self._skip = skip
        # One token of context, since a decoder may treat the first token of a text differently.
        self._context: list[int] = []
        self._pending: list[int] = []
        self._given = 0

    def feed(self, ids: Iterable[int]) -> str:
        """Text that these ids complete; may be empty."""
        self._pending += [id for id in ids if id not in self._skip]
        return self._take(final=False)

    def finish(self) -> str:
        """What was held back, an unfinished character as U+FFFD."""
        return self._take(final=True)

    def _take(self, final: bool) -> str:
        if not self._pending:
            return ""
        text = self._decode(self._context + self._pending)[len(self._decode(self._context)) :]
        certain = len(text)
        while (
            not final and certain and text[certain - 1] == REPLACEMENT and len(text) - certain < HELD_AT_MOST
        ):
            certain -= 1
        new = text[self._given : certain]
        if certain == len(text):
            self._context, self._pending, self._given = self._pending[-1:], [], 0
        else:
            self._given = max(self._given, certain)
        return new


class ByteLevelDecoder:
    """The same for a tokenizer whose tokens stand for bytes, at a fifth of the time."""

    def __init__(self, token_bytes: TokenBytes) -> None:
        self._bytes_of = token_bytes.__getitem__
        self._held = b""

    def feed(self, ids: Iterable[int]) -> str:
        """Text that these ids complete; may be empty."""
        data = self._held + b"".join(map(self._bytes_of, ids))
        text, used = codecs.utf_8_decode(data, "replace", False)
        self._held = data[used:]
        return text

    def finish(self) -> str:
        """What was held back, an unfinished character as U+FFFD."""
        text, self._held = self._held.decode(errors="replace"), b""
        return text


class TokenBytes(dict[int, bytes]):
    """The bytes of a byte-level tokenizer's tokens, looked up once each; none of what has no text."""

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend
        self._alphabet = {character: byte for byte, character in byte_alphabet().items()}

    def __missing__(self, id: int) -> bytes:
        # Whether a token has a text, and is not special, the tokenizer knows.
        text = self._backend.decode([id], skip_special_tokens=True)
        name = self._backend.id_to_token(id) if text else ""
        found = self[id] = self._spelt(name or "")
        return found

    def _spelt(self, name: str) -> bytes:
        try:
            return bytes([self._alphabet[character] for character in name])
        except KeyError:  # an added token, which is spelt as it is
            return name.encode()


def is_byte_level(backend: Backend) -> bool:
    """Whether the text of ids is that of their bytes, and of nothing else."""
    return isinstance(backend.decoder, ByteLevel)


def byte_alphabet() -> dict[int, str]:
    """The character that stands for each byte in byte-level vocabularies: itself if it can be seen, else the
    next one from U+0100 on (the map of GPT-2)."""
    seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in seen]
    return {byte: chr(byte) for byte in seen} | {byte: chr(0x100 + n) for n, byte in enumerate(hidden)}
