"""From a `Structure` to a guide for one reply, for the tokens of one checkpoint."""

from __future__ import annotations

import json
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ParameterError, UnavailableError
from ..facts import ModelFacts
from .closing import Closing, said
from .schema_parts import least
from .spec import Structure

if TYPE_CHECKING:
    from llguidance import LLMatcher
    from llguidance._lib import JsonCompileOptions

    from .guide import Guide

JSON_STYLE: JsonCompileOptions = {
    "item_separator": ", ",
    "key_separator": ": ",
    "whitespace_flexible": False,
    "whitespace_pattern": None,
    "coerce_one_of": False,
    "lenient": False,
}
KEPT = 64
"""Compiled grammars that are kept."""


class Grammars:
    """Compiles grammars. Not safe to be used from several threads at once. Nothing is read before the first
    use."""

    def __init__(self, folder: Path | str, facts: ModelFacts) -> None:
        """`folder` is the checkpoint, whose tokenizer.json says what its tokens spell."""
        self._folder = Path(folder)
        self._facts = facts
        self._compiled = lru_cache(KEPT)(self._compile)

    def guide(self, structure: Structure, room: int) -> Guide:
        """A guide for a reply of at most `room` tokens.

        Raises:
            ParameterError: there is no such grammar, or it is too complex.
            UnavailableError: llguidance is not installed, or cannot read this tokenizer.
        """
        from .guide import Guide  # imports numpy, which commands that list do not need

        self.load()
        matcher, shortest = self._compiled(structure)
        return Guide(matcher.deep_copy(), self._facts, self._closing, room, shortest)

    def shortest(self, structure: Structure) -> int | None:
        """Tokens of the shortest text that a search finds; None if it finds none.

        Raises:
            As `guide`.
        """
        self.load()
        path = self._compiled(structure)[1]
        return None if path is None else len(path)

    def _compile(self, structure: Structure) -> tuple[LLMatcher, tuple[int, ...] | None]:
        matcher = self._matcher(structure)
        if matcher.is_error():
            why = said(matcher.get_error())
            raise ParameterError(structure.field, f"no grammar can be made of it: {why}")
        try:
            path = self._least(structure, matcher)
            path = path or self._closing.shortest(matcher, self._facts.context_length)
        except ParameterError as error:
            raise ParameterError(structure.field, error.message) from None
        return matcher, None if path is None else tuple(path)

    def _least(self, structure: Structure, matcher: LLMatcher) -> list[int] | None:
        """A short text without properties that nothing requires, which a search in all of the grammar would
        write; None if there is no such text, or nothing to leave out."""
        if structure.kind != "json_schema":
            return None
        schema = json.loads(structure.source)
        if (few := least(schema)) == schema:
            return None
        smaller = self._matcher(Structure("json_schema", json.dumps(few, ensure_ascii=False)))
        if smaller.is_error():
            return None
        path = self._closing.shortest(smaller, self._facts.context_length)
        return path if path is not None and self._closing.completes(matcher, path) else None

    def _matcher(self, structure: Structure) -> LLMatcher:
        """At the beginning of a text; in error if there is no such grammar."""
        from llguidance import LLMatcher, LLParserLimits

        if structure.kind == "json_schema":
            grammar = LLMatcher.grammar_from_json_schema(structure.source, overrides=JSON_STYLE)
        else:
            grammar = LLMatcher.grammar_from_regex(structure.source)
        # What one grammar may use: about 20 ms to begin with, 10 ms a step, 40 MB.
        limits = LLParserLimits(
            initial_lexer_fuel=1_000_000,
            step_lexer_fuel=100_000,
            step_max_items=50_000,
            max_lexer_states=20_000,
            max_grammar_size=100_000,
            verbose_errors=False,
        )
        matcher = LLMatcher(self._closing.tokens, grammar, log_level=0, limits=limits)
        if not matcher.is_error():
            matcher.compute_bitmask()
        return matcher

    @cached_property
    def _closing(self) -> Closing:
        try:
            from llguidance import LLTokenizer
        except ImportError:
            raise UnavailableError(
                "structured output needs llguidance: pip install 'llada-core[structure]'"
            ) from None
        from tokenizers import Tokenizer

        facts = self._facts
        if not facts.end_ids:
            raise UnavailableError("structured output needs a model with an end token")
        try:
            backend = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            backend.no_padding()
            backend.no_truncation()
            tokens = LLTokenizer(backend.to_str(), n_vocab=facts.vocab_size, eos_token=list(facts.end_ids))
        except Exception as error:  # The libraries raise nothing narrower.
            raise UnavailableError(
                f"structured output: the checkpoint's tokenizer.json cannot be used: {error}"
            ) from None
        return Closing(tokens, facts)

    def load(self) -> None:
        """Read the tokenizer now.

        Raises:
            UnavailableError: llguidance is not installed, or cannot read this tokenizer.
        """
        assert self._closing.tokens.vocab_size
