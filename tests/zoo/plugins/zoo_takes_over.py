"""Would replace an algorithm that everybody uses."""

from llada_core import AlgorithmSpec, hookimpl


@hookimpl
def llada_register_algorithms():
    return [AlgorithmSpec("basic", "zoo_plans:Sound")]
