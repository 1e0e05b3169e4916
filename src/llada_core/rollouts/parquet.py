"""Where parquet comes from: pyarrow, which is not installed along."""

from __future__ import annotations

from typing import Any

from .errors import RolloutError


def pyarrow_parquet() -> Any:
    """The module `pyarrow.parquet`.

    Raises:
        RolloutError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError:
        raise RolloutError("parquet files need pyarrow: pip install 'llada-core[parquet]'") from None
    return pyarrow.parquet
