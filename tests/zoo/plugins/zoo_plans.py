"""Plans that raise, hang, are none, or never come to an end."""

from llada_core import AlgorithmSpec, DenoisingAlgorithm, Plan, Window, hookimpl


class Sound(DenoisingAlgorithm):
    """What the others would be without their fault."""

    def plan(self, progress):
        return Plan(Window.CANVAS)


class Raises(DenoisingAlgorithm):
    def plan(self, progress):
        raise ValueError("no plan survives")


class RaisesLater(DenoisingAlgorithm):
    def plan(self, progress):
        return Plan(Window.CANVAS) if progress.forwards < 3 else {}["step 3"]


class Exits(DenoisingAlgorithm):
    def plan(self, progress):
        raise SystemExit("enough")


class Hangs(DenoisingAlgorithm):
    def plan(self, progress):
        while True:
            pass


class IsNone(DenoisingAlgorithm):
    def plan(self, progress):
        return None


class MadeUpWindow(DenoisingAlgorithm):
    def plan(self, progress):
        return Plan(Window("everything"))


class NeverCommits(DenoisingAlgorithm):
    def plan(self, progress):
        return Plan(Window.CANVAS, commit=False)


class NeverLooksAtTheBlock(DenoisingAlgorithm):
    def plan(self, progress):
        return Plan(Window.span(0, progress.block_start), drop=True)


class SetsTheDtype(DenoisingAlgorithm):
    def plan(self, progress):
        import torch

        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        return Plan(Window.CANVAS)


@hookimpl
def llada_register_algorithms():
    return [
        AlgorithmSpec("plan_raises", "zoo_plans:Raises"),
        AlgorithmSpec("plan_raises_later", "zoo_plans:RaisesLater"),
        AlgorithmSpec("plan_exits", "zoo_plans:Exits"),
        AlgorithmSpec("plan_hangs", "zoo_plans:Hangs"),
        AlgorithmSpec("plan_is_none", "zoo_plans:IsNone"),
        AlgorithmSpec("plan_of_a_made_up_window", "zoo_plans:MadeUpWindow"),
        AlgorithmSpec("plan_never_commits", "zoo_plans:NeverCommits"),
        AlgorithmSpec("plan_never_looks", "zoo_plans:NeverLooksAtTheBlock"),
        AlgorithmSpec("plan_sets_the_dtype", "zoo_plans:SetsTheDtype"),
    ]
