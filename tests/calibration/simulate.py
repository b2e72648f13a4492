"""How often each p-value rejects what is true, and how often each interval holds what is true.

Each cell is simulated with seeds of its own, so any of them can be done again alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from tests.calibration.markets import Kind, panel_from
from tests.calibration.p_values import about_direction, finite, intervals, p_values

LEVEL = 0.05
KINDS: tuple[Kind, Kind] = ("planted", "own")


class Cell(NamedTuple):
    """One kind of market, evaluated at one horizon."""

    kind: Kind
    symbols: int
    sessions: int
    horizon: int


class Count(NamedTuple):
    """How many of how many."""

    found: int
    of: int

    @property
    def share(self) -> float:
        return self.found / self.of if self.of else float("nan")


SIZES = list(product((1, 30), (250, 750), (1, 5, 20)))
CELLS = [Cell("foreign", *size) for size in SIZES] + [Cell("own", *size) for size in SIZES]
PLANTED = [Cell("planted", *size) for size in SIZES]
Task = Callable[[Cell, Iterable[int]], dict[str, Any]]


def rejections(cell: Cell, seeds: Iterable[int]) -> dict[str, Count]:
    """Of each section, how many of its p-values lie below 5%."""
    tally: dict[str, list[bool]] = defaultdict(list)
    for seed in seeds:
        panel = panel_from(cell.kind, seed, cell.sessions, cell.symbols)
        for section, p in p_values(panel, cell.horizon):
            if finite(p) and (cell.kind == "foreign" or about_direction(section)):
                tally[section].append(float(p or 0) < LEVEL)
    return {section: Count(sum(found), len(found)) for section, found in tally.items()}


def coverage(cell: Cell, seeds: Iterable[int]) -> dict[str, tuple[Count, Count]]:
    """Of each quantity: how many 95% intervals hold the truth, and how many leave out 0 (the power).

    The truth is by how much the edge moves the estimate: that of the same shocks with the edge less that without it.
    """
    held: dict[str, list[bool]] = defaultdict(list)
    seen: dict[str, list[bool]] = defaultdict(list)
    for seed in seeds:
        planted, own = (panel_from(kind, seed, cell.sessions, cell.symbols) for kind in KINDS)
        for (name, value, interval), (_, without, _) in zip(
            intervals(planted, cell.horizon), intervals(own, cell.horizon), strict=False
        ):
            if interval is not None and value is not None and without is not None:
                low, high = interval
                held[name].append(low <= value - without <= high)
                seen[name].append(not low <= 0 <= high)
    return {name: (Count(sum(held[name]), len(held[name])), Count(sum(seen[name]), len(seen[name]))) for name in held}


def in_processes(
    task: Task, cells: Iterable[Cell], seeds: range, workers: int
) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """A task for each cell, one process a cell at a time."""
    cells = list(cells)
    with ProcessPoolExecutor(workers) as pool:
        yield from zip(cells, pool.map(partial(_run, task, seeds), cells), strict=True)


def _run(task: Task, seeds: range, cell: Cell) -> dict[str, Any]:
    return task(cell, seeds)
