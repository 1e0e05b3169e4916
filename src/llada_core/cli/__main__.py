"""`python -m llada_core.cli`, the same as `llada`."""

from __future__ import annotations

from . import main

main(prog_name="llada")
