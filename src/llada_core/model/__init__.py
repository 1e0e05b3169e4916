"""LLaDA itself. Importing this package registers it with transformers' Auto classes as `llada`."""

from __future__ import annotations

from llada_core.model.configuration import LLaDAConfig
from llada_core.model.convert import convert_dcp
from llada_core.model.loading import load_model
from llada_core.model.modeling import LLaDAForMaskedDiffusion, register
from llada_core.model.packed import KVAccess, Packed

__all__ = ["KVAccess", "LLaDAConfig", "LLaDAForMaskedDiffusion", "Packed", "convert_dcp", "load_model"]

register()
