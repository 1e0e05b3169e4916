"""Step time against rows, with both floors, as SVG."""

from __future__ import annotations

from collections.abc import Iterable

from llada_core.bench.floors import Floors
from llada_core.bench.table import Row

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 400, 60, 50, 30, 150
LINES = (("measured", "#d1495b"), ("memory's floor", "#2e86ab"), ("arithmetic's floor", "#5a8f29"))
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #444 }
.axis { stroke: #888; stroke-width: 1 } .grid { stroke: #8883; stroke-width: 1 }
@media (prefers-color-scheme: dark) { text { fill: #ccc } }
"""


def plot(rows: Iterable[Row], floors: Floors, block: int, canvas: int) -> str:
    """Milliseconds of a block step by the number of rows: measured, and what memory and arithmetic take."""
    found = {}
    for row in rows:
        name, _, count = row.case.rpartition("_")
        if name == "dual_step" and count.isdigit():
            n = int(count)
            found[n] = (row.median_ms, floors.memory(n * canvas), floors.arithmetic(n * block))
    if not found:
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"></svg>\n'
    most, top = max(found), 1.1 * max(max(times) for times in found.values())

    def at(count: float, ms: float) -> str:
        x = LEFT + count / most * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - ms / top * (HEIGHT - BOTTOM - TOP)
        return f"{x:.1f},{y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Milliseconds of a dual-cache step by the number of rows</title>",
        f"<style>{STYLE}</style>",
    ]
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100) if top / size <= 8)
    for ms in range(0, int(top) + 1, step):
        x, y = at(0, ms).split(",")
        parts.append(f'<line class="grid" x1="{x}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{float(y) + 4:.1f}" text-anchor="end">{ms}</text>')
    for count in sorted(found):
        x, y = at(count, 0).split(",")
        if count >= most / 16:
            parts.append(f'<text x="{x}" y="{float(y) + 18:.1f}" text-anchor="middle">{count}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">rows of 32 tokens</text>')
    parts.append(f'<text x="{LEFT}" y="{TOP - 12}">ms a step</text>')
    for n, (label, colour) in enumerate(LINES):
        line = " ".join(at(count, found[count][n]) for count in sorted(found))
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2.5" points="{line}"/>')
        for count in sorted(found):
            x, y = at(count, found[count][n]).split(",")
            parts.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>')
        x, y = at(most, found[most][n]).split(",")
        parts.append(f'<text x="{float(x) + 10:.1f}" y="{float(y) + 4:.1f}">{label}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
