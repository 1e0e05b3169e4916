"""Each probe once more, as a loop over the model's forward that one can read beside the paper."""

from __future__ import annotations

import math

import torch

from .slow_row import SlowRow


def entropy_bound(row: SlowRow, gamma: float) -> None:
    while row.masked:
        row.enter_block()
        logits = row.look()
        chosen: list[int] = []
        entropies: list[float] = []
        for p in row.ranked():
            entropies.append(_entropy(logits[p]))
            if sum(entropies) - max(entropies) > gamma:
                break
            chosen.append(p)
        row.commit(chosen)


def klass(row: SlowRow, conf_threshold: float, kl_threshold: float, kl_steps: int) -> None:
    before: dict[int, torch.Tensor] = {}
    calm: dict[int, int] = {}
    while row.masked:
        if row.enter_block():
            before, calm = {}, {}
        logits = row.look()
        for p in row.block:
            now = logits[p].log_softmax(0)
            some = now > -torch.inf
            moved = float((now.exp() * (now - before[p]))[some].sum()) if p in before else math.inf
            calm[p] = calm.get(p, 0) + 1 if moved < kl_threshold else 0
            before[p] = now
        ready = [p for p in row.ranked() if calm[p] >= kl_steps and row.sure[p] > conf_threshold]
        row.commit(ready or row.scheduled())


def credit(row: SlowRow, decay: float, gamma: float, weight: float) -> None:
    gathered: dict[int, torch.Tensor] = {}
    while row.masked:
        if row.enter_block():
            gathered = {}
        logits = row.look()
        fused = {}
        for p in sorted(row.masked & set(row.block)):
            gathered[p] = decay * gathered.get(p, torch.zeros_like(logits[p]))
            favourite = int(logits[p].argmax())
            gathered[p][favourite] += float(logits[p].softmax(0)[favourite]) ** gamma
            fused[p] = logits[p] + weight * torch.log(1 + gathered[p])
        row.score(fused, forward=row.forwards - 1)
        row.commit(row.confident())


def prophet(row: SlowRow, early: float, middle: float, late: float, whole: bool) -> None:
    while row.masked:
        row.enter_block()
        third = min(3 * row.forwards // (row.params.steps or 1), 2)
        logits = row.look()
        left = row.masked if whole else row.masked & set(row.block)
        gap = sum(_gap(logits[p], row.model.mask_id) for p in left) / len(left)
        row.commit(set(left) if gap >= (early, middle, late)[third] else row.scheduled())


def saber(row: SlowRow, least: int) -> None:
    committed: dict[int, float] = {}
    before: dict[int, float] = {}
    while row.masked:
        if row.enter_block():
            committed, before = {}, {}
        may_remask = row.forwards < 3 * row.params.gen_length
        logits = row.look()
        done = [p for p in row.block if p not in row.masked]
        mean = sum(committed[p] for p in done) / len(done) if done else math.inf
        chosen = [p for n, p in enumerate(row.ranked()) if n < least or row.sure[p] > mean]
        now = {p: float(logits[p].softmax(0)[row.canvas[p]]) for p in done}
        losers = sorted((p for p in done if now[p] < before[p]), key=lambda p: (now[p] - before[p], p))
        back = max(least / 2, math.ceil(len(chosen) / 8))
        committed |= {p: row.sure[p] for p in chosen}
        before = {p: row.sure[p] for p in row.ranked()} | now
        row.commit(chosen)
        if may_remask:
            row.remask(p for n, p in enumerate(losers) if n < back)


def local_leap(row: SlowRow, relaxed_threshold: float, radius: int) -> None:
    threshold = row.params.threshold
    assert threshold is not None
    while row.masked:
        row.enter_block()
        row.look()
        anchors = [p for p in row.ranked() if row.sure[p] >= threshold]
        near = {p for p in row.ranked() for anchor in anchors if abs(p - anchor) <= radius}
        row.commit(
            p
            for n, p in enumerate(row.ranked())
            if n == 0 or row.sure[p] >= (relaxed_threshold if p in near else threshold)
        )


def slow_fast(row: SlowRow, high: float, low: float, explore: int) -> None:
    while row.masked:
        row.enter_block()
        end = row.block[0]
        while row.masked & set(row.block):
            start = end
            ends: list[int] = []
            while len(ends) < explore and row.masked & set(row.block):
                row.look()
                ends.append(max([start + 1, *(p + 1 for p in row.ranked() if row.sure[p] >= low)]))
                row.commit(p for n, p in enumerate(row.ranked()) if n == 0 or row.sure[p] >= high)
                if len(ends) > 1 and abs(ends[-1] - ends[-2]) < 2:
                    break
            end = ends[-1]
            while row.masked & set(range(row.block[0], end)):
                row.look()
                inside = [p for p in row.ranked() if p < end]
                row.commit(p for n, p in enumerate(inside) if n == 0 or row.sure[p] >= high)


def vicinity_refresh(row: SlowRow, vicinity: int, warm_up: int) -> None:
    canvas = range(len(row.canvas))
    for _ in range(warm_up):
        row.look(canvas)
    refreshed = True
    while row.masked:
        if row.enter_block():
            refreshed = False
        window = canvas
        if refreshed:
            window = range(max(row.block[0] - vicinity, 0), min(row.block[-1] + 1 + vicinity, len(canvas)))
        row.look(window)
        refreshed = True
        row.commit(row.chosen())


def delayed_cache(row: SlowRow, refresh_interval: int) -> None:
    uncached: set[int] = set()
    while row.masked:
        row.enter_block()
        refresh = row.forwards % refresh_interval == 0
        row.look(range(len(row.canvas)) if refresh else sorted(uncached))
        uncached = set(row.masked)  # what this step commits is computed once more, with its token
        row.commit(row.chosen())


def _entropy(logits: torch.Tensor) -> float:
    p = logits.softmax(0)
    return float(-(p * p.log()).sum())


def _gap(logits: torch.Tensor, mask_id: int) -> float:
    logits = logits.clone()
    logits[mask_id] = -torch.inf
    best, second = logits.topk(2).values.tolist()
    return float(best - second)
