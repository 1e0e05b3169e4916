"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import AlgorithmSpec, Availability, Environment, hookimpl


@hookimpl
def llada_register_algorithms() -> list[AlgorithmSpec]:
    """Describe `wino`."""
    return [
        AlgorithmSpec(
            name="wino",
            factory="llada_wino.algorithm:Wino",
            description="WINO: drafts wide, verifies in the same forward, and revokes what does not hold.",
            params="llada_wino.params:Params",
            execution="whole_loop",
            sweep=(
                "threshold=0.3,threshold_back=0.0",
                "threshold=0.3,threshold_back=0.5",
                "threshold=0.3",
                "threshold=0.8",
                "threshold=0.9,threshold_back=0.95",
                "threshold=0.99,threshold_back=0.99",
            ),
        )
    ]


@hookimpl
def llada_check_availability(environment: Environment) -> Availability | None:
    """It needs a model that takes an attention bias, which a module that only returns logits does not."""
    if environment.model is None or environment.model.cached:
        return None
    return Availability(
        False,
        "the loaded model takes no attention bias",
        "load a LLaDA checkpoint with llada_core.load_model",
    )
