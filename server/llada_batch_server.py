"""The old launcher: `python llada_batch_server.py --model-path DIR`."""

from __future__ import annotations

try:
    from llada_server.launcher import main
except ModuleNotFoundError as error:
    raise SystemExit(f"{error.name} is not installed; try: pip install llada-server") from None

if __name__ == "__main__":
    main()
