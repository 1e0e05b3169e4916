"""Answers the question whether its algorithms can run in every wrong way."""

import time

import msgspec

from llada_core import AlgorithmSpec, hookimpl

CLASS = "zoo_plans:Sound"


class Params(msgspec.Struct, frozen=True):
    """Parameters whose own check is broken."""

    patience: int = 0

    def __post_init__(self):
        if self.patience:
            raise RuntimeError("patience is not implemented")


@hookimpl
def llada_register_algorithms():
    return [
        AlgorithmSpec("availability_raises", CLASS),
        AlgorithmSpec("availability_hangs", CLASS),
        AlgorithmSpec("availability_nonsense", CLASS),
        AlgorithmSpec("class_missing", "zoo_plans:NoSuchClass"),
        AlgorithmSpec("class_of_another_kind", CLASS, execution="whole_loop"),
        AlgorithmSpec("params_raise", CLASS, params=f"{__name__}:Params"),
    ]


@hookimpl
def llada_check_availability(algorithm):
    if algorithm == "availability_raises":
        raise OSError("cannot ask the licence server")
    if algorithm == "availability_hangs":
        time.sleep(3600)
    if algorithm == "availability_nonsense":
        return "yes"
    return None
