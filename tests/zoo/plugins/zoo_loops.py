"""Algorithms with a loop of their own that misbehave in it."""

from contextlib import suppress

from llada_core import AlgorithmSpec, GenerationAlgorithm, hookimpl


class Loop(GenerationAlgorithm):
    """Fills the canvas with one token, whatever the model says."""

    def is_available(self):
        return True

    def canvas(self, prompt, gen_length, token):
        import torch

        return torch.cat([prompt, prompt.new_full((1, gen_length), token)], dim=1)

    def generate(self, model, prompt, gen_length, mask_id):
        model(self.canvas(prompt, gen_length, mask_id))
        return self.canvas(prompt, gen_length, 5), 1


class Raises(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        model(prompt)
        raise ValueError("the loop is broken")


class Exits(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        raise SystemExit(0)


class Interrupts(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        raise KeyboardInterrupt


class ReturnsNone(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return None


class ReturnsTheAnswerAlone(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return super().generate(model, prompt, gen_length, mask_id)[0][:, -gen_length:], 1


class ReturnsFloats(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return self.canvas(prompt, gen_length, 5) * float("nan"), 1


class ReturnsNoNumbers(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return self.canvas(prompt, gen_length, 5).to("meta"), 1


class LeavesMasks(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return self.canvas(prompt, gen_length, mask_id), 1


class ChangesThePrompt(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return self.canvas(prompt.fill_(5), gen_length, 5), 1


class MakesUpTokens(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return self.canvas(prompt, gen_length, -5), 1


class NeverEnds(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        while True:
            model(prompt)


class NeverCalls(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        while True:
            pass


class Swallows(Loop):
    """Asks for too much for ever, and takes no error for an answer."""

    def generate(self, model, prompt, gen_length, mask_id):
        while True:
            with suppress(Exception):
                model(prompt)


class AsksForALot(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return model(prompt.repeat(100_000, 1))


class LeavesOutARow(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return model(prompt, prompt * 0)


class Allocates(Loop):
    def generate(self, model, prompt, gen_length, mask_id):
        return prompt.new_empty(1 << 50)


class LooksForWeights(Loop):
    """Overwrites whatever the model hands out."""

    def generate(self, model, prompt, gen_length, mask_id):
        import torch

        for weight in model.parameters():
            weight.zero_()
        model(prompt).logits.zero_()
        model.config.n_layers = model.config.mask_token_id = 0
        names = ("model", "lm_head", "state_dict", "modules", "named_parameters", "get_input_embeddings")
        held = [name for name in names if hasattr(model, name)]
        held += [name for name, value in vars(model).items() if isinstance(value, torch.nn.Module)]
        raise LookupError(f"found {held or 'nothing'}")


class SetsEverything(Loop):
    """Leaves every switch of torch in another position, and goes on for a while."""

    def generate(self, model, prompt, gen_length, mask_id):
        import torch

        for _ in range(gen_length):
            torch.manual_seed(1)
            torch.set_default_dtype(torch.float64)
            torch.set_num_threads(3)
            model(prompt)
        return super().generate(model, prompt, gen_length, mask_id)


@hookimpl
def llada_register_algorithms():
    loops = {
        "loop_raises": Raises,
        "loop_exits": Exits,
        "loop_interrupts": Interrupts,
        "loop_returns_none": ReturnsNone,
        "loop_returns_the_answer_alone": ReturnsTheAnswerAlone,
        "loop_returns_floats": ReturnsFloats,
        "loop_returns_no_numbers": ReturnsNoNumbers,
        "loop_leaves_masks": LeavesMasks,
        "loop_changes_the_prompt": ChangesThePrompt,
        "loop_makes_up_tokens": MakesUpTokens,
        "loop_never_ends": NeverEnds,
        "loop_never_calls": NeverCalls,
        "loop_swallows": Swallows,
        "loop_asks_for_a_lot": AsksForALot,
        "loop_leaves_out_a_row": LeavesOutARow,
        "loop_allocates": Allocates,
        "loop_looks_for_weights": LooksForWeights,
        "loop_sets_everything": SetsEverything,
    }
    return [
        AlgorithmSpec(name, f"{__name__}:{cls.__name__}", execution="whole_loop")
        for name, cls in loops.items()
    ]
