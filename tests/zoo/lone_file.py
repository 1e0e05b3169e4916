"""A sound plugin that is one file, as `llada serve --plugin` takes it."""

import msgspec

from llada_core import GenerationAlgorithm, register_algorithm


class Params(msgspec.Struct, frozen=True):
    """What it says."""

    token: int = 7
    """The id that it fills the canvas with."""


class Echo(GenerationAlgorithm):
    """Asks the model once, and fills the canvas with one token."""

    def generate(self, model, prompt, token, gen_length, **kwargs):
        model(prompt)
        canvas = prompt.new_full((1, prompt.shape[1] + gen_length), token)
        canvas[:, : prompt.shape[1]] = prompt
        return canvas, 1

    def is_available(self):
        return True


register_algorithm(Echo("echo", "Says one token, again and again."), aliases=["parrot"], params=Params)
