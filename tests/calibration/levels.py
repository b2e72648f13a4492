"""Levels in markets that do not know of them: how often each test of levels rejects; `python -m tests.calibration.levels`.

Prices are those of flowbt's own synthetic market. Levels are placed as open interest places them, around past prices: max pain
at the strike nearest the mean close of the last 20 sessions, for expiries on Mondays, Wednesdays and Fridays and as a pin
without one; walls at strikes 2% above and below that mean.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from flowbt.evaluation.levels import LEVELS, LevelStudy, evaluate_level_rows
from flowbt.evaluation.levels.gravity import GravityMeasure
from flowbt.evaluation.levels.touches import TouchMeasure
from flowbt.market.config import MarketConfig
from flowbt.market.paths import simulate_bars

LEAD = 40
"""Sessions of bars before the first level."""
WEEKDAYS = (0, 2, 4)


def market(seed: int, sessions: int, symbols: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bars, and the levels placed around them; the same seed gives the same."""
    bars = simulate_bars(MarketConfig(symbols=symbols, sessions=sessions, seed=seed, warmup_bars=LEAD))
    levels = [_levels(each) for each in bars.partition_by("symbol", maintain_order=True)]
    return bars, pl.concat(levels)


def _levels(bars: pl.DataFrame) -> pl.DataFrame:
    close, days, symbol = bars["close"].to_numpy(), bars["date"].to_list(), bars["symbol"][0]
    step = 10.0 ** np.floor(np.log10(close[0] / 20))
    rows: list[tuple[str, date, str, float, date | None]] = []
    for row in range(LEAD, len(days)):
        mean = float(close[row - 19 : row + 1].mean())
        pain = round(mean / step) * step
        ahead = [day for day in days[row + 1 : row + 11] if day.weekday() in WEEKDAYS]
        rows += [(symbol, days[row], "max pain", pain, day) for day in ahead]
        rows += [
            (symbol, days[row], "pin", pain, None),
            (symbol, days[row], "call wall", float(np.ceil(mean * 1.02 / step) * step), None),
            (symbol, days[row], "put wall", float(np.floor(mean * 0.98 / step) * step), None),
        ]
    return pl.DataFrame(rows, schema=dict(LEVELS), orient="row")


def p_values(study: LevelStudy) -> Iterator[tuple[str, float | None]]:
    """Every p-value of a level study, by what it tests."""
    for row in study.gravity:
        for measure in row.measures:
            yield from _of_measure(measure)
        for found in row.pull:
            yield f"pull beside {len(found.beside)}", found.p_value
        for reversal in row.given_back:
            yield f"given back in {reversal.sessions}", reversal.p_value
    for barrier in study.touches:
        for touch in barrier.measures:
            yield from _of_measure(touch)


def _of_measure(found: GravityMeasure | TouchMeasure) -> Iterator[tuple[str, float | None]]:
    for placebo, contrast in vars(found.against).items():
        yield f"{found.measure} against {placebo}", contrast.p_value


def rejections(
    seeds: Sequence[int], sessions: int, symbols: int, horizons: Sequence[int]
) -> dict[str, tuple[int, int]]:
    """By test: how many p-values were below 0.05, of how many."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for seed in seeds:
        bars, levels = market(seed, sessions, symbols)
        for name, p_value in p_values(evaluate_level_rows(levels, bars, horizons)):
            if p_value is not None:
                counts[name][0] += p_value < 0.05
                counts[name][1] += 1
    return {name: (found, of) for name, (found, of) in counts.items()}


def main() -> None:
    """Simulate, and print."""
    asked = argparse.ArgumentParser(prog="python -m tests.calibration.levels", description=__doc__)
    asked.add_argument("--seeds", type=int, default=300, help="markets a cell (default: %(default)s)")
    options = asked.parse_args()
    for sessions, symbols in ((250, 1), (250, 5), (750, 1)):
        found = rejections(range(options.seeds), sessions, symbols, (1, 5, 10))
        head = "| test | rejected, % | of |\n| --- | ---: | ---: |"
        print(f"\n## T={sessions} N={symbols}, {options.seeds} markets\n\n{head}")  # noqa: T201
        for name, (count, of) in found.items():
            print(f"| {name} | {100 * count / of:.1f} | {of} |")  # noqa: T201


if __name__ == "__main__":
    main()
