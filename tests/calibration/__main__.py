"""`make calibrate`: the whole table, as Markdown on stdout; `--seeds` says how many markets a cell is made of."""

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Any

from tests.calibration.simulate import CELLS, PLANTED, Cell, Count, Task, coverage, in_processes, rejections

NAMES = {"foreign": "verdicts know nothing of prices", "own": "verdicts follow prices", "planted": "planted edge"}


def main() -> None:
    """Simulate, and print."""
    asked = argparse.ArgumentParser(prog="make calibrate", description=__doc__)
    asked.add_argument("--seeds", type=int, default=1000, help="markets a cell (default: %(default)s)")
    asked.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    options = asked.parse_args()
    print(f"# Calibration\n\n{options.seeds} simulated markets a cell; shares in percent.")  # noqa: T201
    for kind in ("foreign", "own"):
        cells = [cell for cell in CELLS if cell.kind == kind]
        found = dict(_each(rejections, cells, options))
        print(f"\n## A true null, {NAMES[kind]}: rejected at 5%\n\n{_table(found)}")  # noqa: T201
    held = dict(_each(coverage, PLANTED, options))
    for place, title in enumerate(("95% intervals that hold the truth", "power: 95% intervals that leave out 0")):
        part = {cell: {name: counts[place] for name, counts in each.items()} for cell, each in held.items()}
        print(f"\n## 10 bp a day for 5 days: {title}\n\n{_table(part)}")  # noqa: T201


def _each(task: Task, cells: list[Cell], options: argparse.Namespace) -> Iterator[tuple[Cell, Any]]:
    for cell, found in in_processes(task, cells, range(options.seeds), options.workers):
        print(f"done: {cell}", file=sys.stderr)  # noqa: T201
        yield cell, found


def _share(count: Count | None) -> str:
    return "–" if count is None or count.of < 50 else f"{100 * count.share:.1f}"


def _table(found: dict[Cell, dict[str, Count]]) -> str:
    """Sections down, cells across; the last column is all cells together."""
    cells = list(found)
    sections = list(dict.fromkeys(name for each in found.values() for name in each))
    head = [f"N={cell.symbols} T={cell.sessions} H={cell.horizon}" for cell in cells]
    lines = [["", *head, "all"]]
    for section in sections:
        counts = [found[cell].get(section) for cell in cells]
        known = [count for count in counts if count is not None]
        whole = Count(sum(count.found for count in known), sum(count.of for count in known))
        lines.append([section, *(_share(count) for count in counts), _share(whole)])
    rule = ["---", *["---:"] * (len(cells) + 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])


if __name__ == "__main__":
    main()
