"""What `flowbt evaluate` runs once the verdicts are known: every section, 100 symbols, 1,250 sessions, 6 horizons.

It runs in a process of its own, `ROUNDS` times; the best time counts (imports and compiling apart), and the peak resident
memory is that of its process. A first, small panel loads the machine code.
"""

import json
import resource
import subprocess
import sys
import time
from datetime import date

import numpy as np
import polars as pl

from flowbt.calendar import sessions
from flowbt.evaluation.evaluate import evaluate_panel
from flowbt.evaluation.forward_returns import outcomes_of
from flowbt.evaluation.panel import Panel, panel_of
from flowbt.schema import PRICE_BARS, conform

ROUNDS = 3
SESSIONS, SYMBOLS = 1250, 100
HORIZONS = (1, 2, 3, 5, 10, 20)


def main() -> None:
    """Run it in turn, print time and memory."""
    rounds = [_run() for _ in range(ROUNDS)]
    best = min(rounds, key=lambda each: each["seconds"])
    print(f"evaluation: all sections, {len(HORIZONS)} horizons, {SYMBOLS} symbols x {SESSIONS:,} sessions")
    print(f"flowbt     {best['seconds']:8.3f} s   peak {best['peak_mb']:6.0f} MB")


def _run() -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.evaluation", "once"]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _panel(number_of_sessions: int, number_of_symbols: int) -> Panel:
    """Persistent scores with gaps, verdicts at their extremes, and prices that know nothing of them."""
    random = np.random.default_rng(7)
    days = sessions(date(2018, 1, 2), date(2024, 12, 31))[: number_of_sessions + max(HORIZONS)]
    bars, rows = [], []
    for number in range(number_of_symbols):
        close = 100 * np.exp(random.normal(0, 0.01, len(days)).cumsum())
        score = np.convolve(random.normal(size=number_of_sessions + 9), np.ones(10) / np.sqrt(10), "valid")
        score[random.random(len(score)) < 0.02] = np.nan
        symbol = f"SYN{number:03}"
        prices = {"open": close, "high": close * 1.01, "low": close * 0.99, "close": close}
        bars.append(pl.DataFrame({"date": days, **prices}).with_columns(symbol=pl.lit(symbol)))
        rows.append(
            pl.DataFrame({"date": days[:number_of_sessions], "score": score})
            .with_columns(pl.col("score").fill_nan(None))
            .with_columns(verdict=pl.when(pl.col("score").abs() > 1).then(pl.col("score").sign()).otherwise(0.0))
            .with_columns(
                pl.when(pl.col("score").is_not_null()).then("verdict").alias("verdict"), symbol=pl.lit(symbol)
            )
        )
    return panel_of(pl.concat(rows), outcomes_of(conform(pl.concat(bars), PRICE_BARS)))


def _once() -> dict[str, float]:
    evaluate_panel(_panel(200, 2), HORIZONS[:2])
    panel = _panel(SESSIONS, SYMBOLS)
    start = time.perf_counter()
    evaluate_panel(panel, HORIZONS)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_once()))
    else:
        main()
