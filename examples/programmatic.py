"""Generate from a program: python examples/programmatic.py [MODEL]

MODEL is a folder, a hub id, or the name of an installed checkpoint; without it, the small demo model.
"""

from __future__ import annotations

import sys

import torch

from llada_core import Tokenizer, get_algorithm, list_available_algorithms, load_model
from llada_core.checkpoints import resolve

QUESTION = "What is 17 plus 25?"


def main() -> None:
    folder = resolve(sys.argv[1] if len(sys.argv) > 1 else "demo")
    model, tokenizer = load_model(folder), Tokenizer(folder)
    prompt = torch.tensor([tokenizer.chat([{"role": "user", "content": QUESTION}])])

    print(f"Available algorithms: {list_available_algorithms()}")
    for name in ("basic", "prefix_cache", "dual_cache"):
        algorithm = get_algorithm(name)
        if algorithm is None:
            sys.exit(f"{name} is not installed; try: pip install llada-{name.replace('_', '-')}")
        # Everything but the model and the prompt is optional; see `llada algorithms` for what there is.
        tokens, nfe = algorithm.generate(model, prompt, gen_length=64, block_length=32, threshold=0.9, seed=1)
        reply = tokens[0, prompt.shape[1] :].tolist()
        end = next((at for at, token in enumerate(reply) if token in model.facts.end_ids), len(reply))
        print(f"{name} ({nfe} forwards): {tokenizer.decode(reply[:end])}")


if __name__ == "__main__":
    main()
