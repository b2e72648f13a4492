"""500 thresholds at 6 horizons on 100 symbols and 1,250 sessions with max-t; buckets and IC of the same panel against alphalens.

Each contender runs in a process of its own, in turn, `ROUNDS` times; the best time counts (imports and compiling apart), and the
peak resident memory is that of its process. alphalens and flowbt start from the same prices and scores, and their
numbers are compared.
"""

import contextlib
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from flowbt.evaluation.grid import evaluate_grid
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.bootstrap import DRAWS, max_t
from flowbt.evaluation.inference.cross_section import above_row_mean, bucket_means, row_buckets, row_spearman

ROUNDS = 3
SESSIONS, SYMBOLS, THRESHOLDS, BUCKETS = 1250, 100, 500, 5
HORIZONS = (1, 2, 3, 5, 10, 20)


def main() -> None:
    """Run the contenders in turn, print times, ratios, memory and the largest difference."""
    with tempfile.TemporaryDirectory() as folder:
        best: dict[str, dict[str, float]] = {}
        for _ in range(ROUNDS):
            for contender in CONTENDERS:
                measured = _run(contender, Path(folder))
                if contender not in best or measured["seconds"] < best[contender]["seconds"]:
                    best[contender] = measured
        ours, theirs = (np.load(Path(folder, f"{name}.npz")) for name in ("flowbt", "alphalens"))
        difference = max(float(np.nanmax(np.abs(ours[name] - theirs[name]))) for name in ("means", "coefficients"))
    print(
        f"evaluation: {THRESHOLDS} thresholds x {len(HORIZONS)} horizons, {SYMBOLS} symbols x {SESSIONS:,} sessions, "
        f"max-t of {DRAWS:,} draws"
    )
    for contender, measured in best.items():
        print(f"{contender:<10} {measured['seconds']:8.3f} s   peak {measured['peak_mb']:6.0f} MB")
    print(f"thresholds and max-t: {best['thresholds']['seconds']:.2f} s (goal under 10)")
    print(
        f"alphalens / flowbt, buckets and IC: {best['alphalens']['seconds'] / best['flowbt']['seconds']:.0f} (goal at least 10)"
    )
    print(f"largest difference to alphalens: {difference:.1e}")


def _run(contender: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.evaluation", contender, str(folder)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _panel() -> tuple[Floats, Floats]:
    """Scores with gaps, and prices that run on for the longest horizon."""
    random = np.random.default_rng(7)
    shocks = random.normal(0, 0.01, (SESSIONS + max(HORIZONS), SYMBOLS))
    scores = random.normal(size=(SESSIONS, SYMBOLS))
    scores[random.random(scores.shape) < 0.02] = np.nan
    return scores, 100 * np.exp(shocks.cumsum(axis=0))


def _following(prices: Floats) -> dict[int, Floats]:
    return {horizon: prices[horizon : horizon + SESSIONS] / prices[:SESSIONS] - 1 for horizon in HORIZONS}


def _thresholds(_: Path) -> float:
    scores, prices = _panel()
    levels = np.quantile(np.abs(scores[np.isfinite(scores)]), np.linspace(0.01, 0.99, THRESHOLDS))
    max_t(
        np.random.default_rng(0).normal(size=(30, 2)), draws=2
    )  # machine code is loaded, or on a new machine compiled
    start = time.perf_counter()
    grid = evaluate_grid(scores, levels, _following(prices))
    max_t(grid.daily)
    return time.perf_counter() - start


def _flowbt(folder: Path) -> float:
    scores, prices = _panel()
    start = time.perf_counter()
    bucket = row_buckets(scores, BUCKETS)
    outcomes = {horizon: np.where(bucket > 0, moves, np.nan) for horizon, moves in _following(prices).items()}
    means = [np.nanmean(bucket_means(bucket, above_row_mean(moves), BUCKETS), axis=0) for moves in outcomes.values()]
    coefficients = [row_spearman(scores, moves) for moves in outcomes.values()]
    seconds = time.perf_counter() - start
    np.savez(folder / "flowbt.npz", means=np.array(means), coefficients=np.array(coefficients))
    return seconds


def _alphalens(folder: Path) -> float:
    import pandas as pd  # noqa: PLC0415  (only this contender pays for them)
    from alphalens import performance, utils  # type: ignore[import-untyped]  # noqa: PLC0415

    scores, prices = _panel()
    days = pd.bdate_range("2015-01-01", periods=len(prices))
    symbols = [f"SYN{number:03}" for number in range(SYMBOLS)]
    factor = pd.DataFrame(scores, index=days[:SESSIONS], columns=symbols).stack().dropna()
    frame = pd.DataFrame(prices, index=days, columns=symbols)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        clean = utils.get_clean_factor_and_forward_returns(factor, frame, periods=HORIZONS, quantiles=BUCKETS)
        means, _ = performance.mean_return_by_quantile(clean)
        coefficients = performance.factor_information_coefficient(clean)
        seconds = time.perf_counter() - start
    np.savez(folder / "alphalens.npz", means=means.to_numpy().T, coefficients=coefficients.to_numpy().T)
    return seconds


CONTENDERS: dict[str, Callable[[Path], float]] = {
    "thresholds": _thresholds,
    "flowbt": _flowbt,
    "alphalens": _alphalens,
}


def _measured(contender: str, folder: Path) -> dict[str, float]:
    seconds = CONTENDERS[contender](folder)
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_measured(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
