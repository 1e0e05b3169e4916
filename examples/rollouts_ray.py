"""Rollouts over many machines, with Ray Data: a folder of parquet files that a second run goes on with.

    pip install 'ray[data]' 'llada-core[parquet]'
    python examples/rollouts_ray.py prompts.jsonl replies.parquet --model demo --replicas 2

Each line of the input has an `id` that no other has, and what docs/rollouts.md says of lines. On a cluster,
both paths lie where every machine can reach them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import ray

from llada_core import Session
from llada_core.rollouts import Defaults, Task, run_here

SCHEMA = pa.schema({"id": pa.string(), "text": pa.string(), "error": pa.string(), "nfe": pa.int32()})


class Replies:
    """An actor with the model; Ray makes one for each replica, and feeds it batches of lines."""

    def __init__(self, model: str, max_rows: int, params: dict[str, Any]) -> None:
        self.session = Session.load(model, max_rows=max_rows)
        self.max_rows = max_rows
        self.defaults = Defaults(params=params)

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """Records as they are complete, some at a time."""
        lines = [
            {name: value for name, value in row.items() if value is not None} for row in batch.to_pylist()
        ]
        tasks = (Task(number, 0, msgspec.json.encode(line)) for number, line in enumerate(lines, 1))
        for record in run_here(self.session, tasks, self.defaults, self.max_rows):
            row = {
                "id": str(record.id),
                "text": record.text,
                "error": record.error.message if record.error else None,
                "nfe": record.nfe,
            }
            yield pa.Table.from_pylist([row], schema=SCHEMA)


def written(folder: Path) -> set[str]:
    """Ids that are there already; a file that a crash has torn is removed."""
    ids: set[str] = set()
    for file in folder.glob("*.parquet"):
        try:
            ids.update(pq.read_table(file, columns=["id"])["id"].to_pylist())
        except pa.ArrowInvalid:
            file.unlink()
    return ids


def main() -> None:
    """Reply to what has no reply yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("prompts")
    parser.add_argument("output", type=Path)
    parser.add_argument("--model", default="demo")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--gpus", type=float, default=0, help="of a replica")
    parser.add_argument("--rows", type=int, default=32, help="most requests that share a forward")
    parser.add_argument(
        "--batch", type=int, default=512, help="lines that a replica gets at once: many rows' worth"
    )
    parser.add_argument("--params", default="{}", help='parameters as JSON, such as {"threshold": 0.9}')
    given = parser.parse_args()
    there = written(given.output)
    lines = ray.data.read_json(given.prompts)
    if there:
        lines = lines.filter(lambda row: str(row["id"]) not in there)
    replies = lines.map_batches(
        Replies,
        fn_constructor_args=(given.model, given.rows, msgspec.json.decode(given.params)),
        batch_format="pyarrow",
        batch_size=given.batch,
        compute=ray.data.ActorPoolStrategy(size=given.replicas),
        num_gpus=given.gpus,
    )
    replies.write_parquet(str(given.output))


if __name__ == "__main__":
    main()
