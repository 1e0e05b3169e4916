"""The body of `POST /v1/infill`: fixed text with holes, perhaps as the reply of a conversation."""

from __future__ import annotations

from typing import Any

from llada_core.errors import ParameterError
from llada_core.facts import ModelFacts
from llada_core.filling import MOST_HOLES, fixed_texts, hole_names
from llada_core.params import parse
from llada_core.template import Hole, Template

from .errors import ApiError, bad_request
from .fields import INFILL, HoleBody, InfillBody
from .generation_request import (
    GenerationRequest,
    Holes,
    Input,
    TextSide,
    decode_object,
    read_common,
    read_own,
)
from .messages import check_text, kind, read_messages

Piece = str | Hole


def read_infill(raw: bytes) -> GenerationRequest:
    """Decode and check a template.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    values = decode_object(raw)
    body = read_own(InfillBody, values, INFILL.without)
    pieces = read_template(body.template)
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    messages = None if body.messages is None else read_messages(body.messages)
    try:
        Template.of([() if isinstance(piece, str) else piece for piece in pieces])
        names = hole_names(holes)
    except ParameterError as error:
        raise bad_request(str(error), error.field) from None

    def encode(tokenizer: TextSide, facts: ModelFacts) -> list[Input]:
        prompt = () if messages is None else tuple(tokenizer.chat(messages))
        ids = [tokenizer.encode(piece) if isinstance(piece, str) else piece for piece in pieces]
        return [Input(prompt=prompt, template=Template.of(ids))]

    return GenerationRequest(
        **read_common(INFILL, values, body, sum(hole.max_tokens for hole in holes)),
        holes=Holes(names=names, fixed=fixed_texts(pieces), together=body.together),
        encode=encode,
    )


def read_template(value: Any) -> list[Piece]:
    """The pieces of a template.

    Raises:
        ApiError: 400 naming the piece at fault.
    """
    if not isinstance(value, list):
        raise bad_request(f"template: expected an array of texts and holes, got {kind(value)}", "template")
    most = 2 * MOST_HOLES + 1
    if len(value) > most:
        raise bad_request(f"template: at most {most} texts and holes, got {len(value)}", "template")
    return [_piece(piece, f"template[{index}]") for index, piece in enumerate(value)]


def _piece(value: Any, where: str) -> Piece:
    if not isinstance(value, dict) or len(value) != 1 or not value.keys() <= {"text", "hole"}:
        got = f"members {', '.join(sorted(value))[:60] or 'none'}" if isinstance(value, dict) else kind(value)
        raise bad_request(
            f'{where}: expected {{"text": "..."}} or {{"hole": {{"max_tokens": 12}}}}, got {got}', where
        )
    if "text" in value:
        if not isinstance(value["text"], str):
            raise bad_request(f"{where}.text: expected a string, got {kind(value['text'])}", f"{where}.text")
        return check_text(value["text"], f"{where}.text")
    if not isinstance(value["hole"], dict):
        raise bad_request(f"{where}.hole: expected an object, got {kind(value['hole'])}", f"{where}.hole")
    try:
        hole = parse(HoleBody, value["hole"])
    except ParameterError as error:
        raise _inside(error, f"{where}.hole") from None
    return Hole(hole.max_tokens, hole.min_tokens, hole.name)


def _inside(error: ParameterError, where: str) -> ApiError:
    return bad_request(f"{where}.{error}", f"{where}.{error.field}")
