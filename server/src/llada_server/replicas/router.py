"""Ray Serve's request router, with our ranking in it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ray.serve.request_router import PendingRequest, ReplicaID, RequestRouter, RunningReplica

from .routing import Load, ranked

OPEN_REQUESTS = "open_requests"
"""Name of what an engine replica tells about its requests, by algorithm."""
READY = "ready"
"""And of whether its engine runs."""


class AlgorithmRouter(RequestRouter):  # type: ignore[misc]
    """Sends a request where its algorithm runs; see `ranked`.

    Each HTTP replica has a router. What it has sent itself it knows at once; what others have sent, the
    engines tell now and then.
    """

    def initialize_state(self, **kwargs: Any) -> None:
        """Take `max_rows`, the places of an engine."""
        self._max_rows: int = kwargs["max_rows"]
        self._sent: dict[str, tuple[ReplicaID, str]] = {}
        self._counts: dict[ReplicaID, Counter[str]] = {}

    async def choose_replicas(
        self, candidate_replicas: list[RunningReplica], pending_request: PendingRequest | None = None
    ) -> list[list[RunningReplica]]:
        """The engines in the order in which to try them."""
        if pending_request is None:
            return [candidate_replicas]
        # If none takes it, the next attempt waits a little.
        pending_request.routing_context.should_backoff = True
        loads = [(replica, self._load(replica)) for replica in candidate_replicas]
        return [[replica] for replica in ranked(loads, _algorithm(pending_request), self._max_rows)]

    def on_request_routed(self, pending_request: PendingRequest, replica_id: ReplicaID, result: Any) -> None:
        """An engine has accepted a request."""
        algorithm = _algorithm(pending_request)
        self._sent[pending_request.metadata.internal_request_id] = replica_id, algorithm
        self._counts.setdefault(replica_id, Counter())[algorithm] += 1

    def on_request_completed(self, replica_id: ReplicaID, internal_request_id: str) -> None:
        """A request has ended, however."""
        sent = self._sent.pop(internal_request_id, None)
        if sent is not None and (counts := self._counts.get(sent[0])) is not None:
            counts[sent[1]] -= 1
            if not +counts:
                del self._counts[sent[0]]

    def _load(self, replica: RunningReplica) -> Load:
        sent = self._counts.get(replica.replica_id, Counter())
        # What the engine tells is up to a second old: good enough for which algorithms, not for how many.
        told: dict[str, int] = replica.routing_stats.get(OPEN_REQUESTS, {})
        queued = self.replica_queue_len_cache.get(replica.replica_id) or 0
        ready = replica.routing_stats.get(READY, True)
        return Load(sent | Counter(told), max(sent.total(), queued), ready)


def _algorithm(pending: PendingRequest) -> str:
    """First argument of `EngineReplica.generate`; other methods have none."""
    return pending.args[0] if pending.args and isinstance(pending.args[0], str) else ""
