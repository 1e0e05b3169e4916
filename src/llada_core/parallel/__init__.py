"""One model computed by several processes, the ranks, each on a device of its own.

Rank 0 is the process that asked: its engine decides, alone, and tells the others what to compute. They know
nothing of requests, algorithms and rules. Weights, heads, keys and values and the vocabulary are split; what
is split is put together by sums over the ranks, two a layer, and by statistics of each share of the
vocabulary.
"""

from llada_core.parallel.load import load
from llada_core.parallel.model import ParallelModel
from llada_core.parallel.team import Team, TeamError

__all__ = ["ParallelModel", "Team", "TeamError", "load"]
