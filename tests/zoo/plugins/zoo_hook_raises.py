"""Fails while it describes its algorithms."""

from llada_core import hookimpl


@hookimpl
def llada_register_algorithms():
    return {}["algorithms"]
