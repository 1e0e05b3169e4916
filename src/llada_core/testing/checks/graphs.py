"""On a GPU: what is captured does what it does when it is run."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn

from ..subject import CheckFailed, NotApplicable, Subject, run
from ..tiny import tiny_model

PROMPTS = ((1, 2, 3), (9, 8, 7, 6, 5), (4,))


def check_graphs_decide_the_same(subject: Subject) -> None:
    """On a GPU, decisions that are captured in a graph are those of the same code outside of it."""
    if not torch.cuda.is_available():
        raise NotApplicable("there is no GPU")
    model = deepcopy(tiny_model(2, 0, 64))
    nn.Module.to(model, "cuda", torch.bfloat16)
    if subject.whole_loop or not model.accelerate():
        raise NotApplicable("nothing of it is captured here")
    requests = [subject.request(str(n), prompt, seed=n) for n, prompt in enumerate(PROMPTS)]
    found = []
    for captured in (True, False):
        engine = subject.engine(model, max_rows=len(requests), capture_rules=captured)
        found.append(run(engine, *requests).finished)
    for request in requests:
        if found[0][request.id].tokens != found[1][request.id].tokens:
            raise CheckFailed(
                f"a prompt of {len(request.prompt)} tokens gives other tokens from a captured graph: it uses "
                "something else than the tensors that it is given, such as a number that changes"
            )
