"""The stationary bootstrap of many daily series at once, and the test of the best of them.

Politis & Romano (1994): a draw is made of blocks of consecutive days, each begun anywhere and ended each day with chance
1 / block; days after the last follow on from the first. The same days are drawn for all series, so what they share is kept.

1. `optimal_block_length`: how long blocks must be for what one day says of the next (Politis & White 2004).
2. `stationary_days`: the days of each draw. `day_counts` of them, times the series, are the resampled sums.
3. `max_t`: the series' means, studentised again in each draw, and judged together by `step_down`.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np

from flowbt.compiled import compiled
from flowbt.evaluation.inference.hac import FEWEST, Floats, Integers
from flowbt.evaluation.inference.max_t import MaxT, Side, step_down

DRAWS: Final = 1000
SHORTEST_BLOCK: Final = 5.0
BATCHES: Final = (6, 32)
"""The fewest and the most batches of days an error is estimated from."""
AT_ONCE: Final = 2
TILE: Final = 64
"""Series a thread takes at a time: so many of 1,250 days stay in its core's cache."""


class BlockLength(NamedTuple):
    """Mean length of a block in days, for the stationary and for the circular block bootstrap."""

    stationary: float
    circular: float


def optimal_block_length(values: Floats) -> BlockLength:
    """The length at which the bootstrapped variance of the mean has the least mean squared error.

    Politis & White (2004), "Automatic block-length selection for the dependent bootstrap", Econometric Reviews 23, as
    corrected by Patton, Politis & White (2009): 28. Autocovariances under a flat-top window, which ends where K
    autocorrelations in a row are within 2 sqrt(log10 T / T); K, and the cap at min(3 sqrt T, T / 3), as in their code.
    Blocks of 1 where the series does not vary or has fewer than 10 days.
    """
    count = len(values)
    centred = values - values.mean() if count else values
    if count < FEWEST or not centred.any():
        return BlockLength(1.0, 1.0)
    in_a_row = max(5, int(math.log10(count)))
    most = min(math.ceil(math.sqrt(count)) + in_a_row, count - 2)
    products = np.array([centred[lag:] @ centred[: count - lag] for lag in range(most + 1)])
    squares = np.array(
        [
            (centred[lag + 1 :] @ centred[lag + 1 :]) * (centred[: -lag - 1] @ centred[: -lag - 1])
            for lag in range(most + 1)
        ]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        small = np.abs(products) / np.sqrt(squares) < 2 * math.sqrt(math.log10(count) / count)
    starts = [lag for lag in range(most + 1 - in_a_row) if small[lag : lag + in_a_row].all()]
    window = min(2 * max(starts[0], 1), most) if starts else most
    lags = np.arange(1, window + 1)
    weight = np.where(lags / window <= 0.5, 1.0, 2 * (1 - lags / window))
    covariance = products[1 : window + 1] / count
    slope = float(2 * (weight * lags * covariance).sum())
    variance = float(products[0] / count + 2 * (weight * covariance).sum())
    if variance == 0:
        return BlockLength(1.0, 1.0)
    longest = math.ceil(min(3 * math.sqrt(count), count / 3))
    lengths = [(2 * slope**2 / (share * variance**2) * count) ** (1 / 3) for share in (2, 4 / 3)]
    return BlockLength(*(min(length, longest) for length in lengths))


def stationary_days(observations: int, draws: int, block: float, seed: int) -> Integers:
    """The days of each draw: draws down, `observations` across, in blocks of `block` days on average.

    The same seed gives the same days.
    """
    random = np.random.default_rng(seed)
    begins = random.random((draws, observations)) < 1 / block
    begins[:, :1] = True
    first = random.integers(0, max(observations, 1), (draws, observations))
    at = np.arange(observations)
    begun = np.maximum.accumulate(np.where(begins, at, 0), axis=1)
    days: Integers = (np.take_along_axis(first, begun, axis=1) + at - begun) % max(observations, 1)
    return days


def day_counts(days: Integers) -> Floats:
    """How many times each draw holds each day: times a matrix of daily series it gives their resampled sums."""
    draws, observations = days.shape
    places = days + np.arange(draws)[:, None] * observations
    return np.bincount(places.ravel(), minlength=days.size).reshape(days.shape).astype(np.float64)


def max_t(
    daily: Floats,
    *,
    block: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    side: Side = "two",
    level: float = 0.05,
) -> MaxT:
    """The means of many daily series, judged together: studentised, by stationary bootstrap, with step-down.

    The error of a mean is estimated from the sums of batches of about three blocks, again in each draw: over few days an
    error is itself uncertain, and a fixed one would find too much (Goetze & Kuensch 1996, Annals of Statistics 24; Romano & Wolf
    2005). The null is recentred: each series is drawn from after its mean is taken off.

    Args:
        daily: days down, cells across. For an estimate with an influence of each date: value / days + influence.
            A cell that holds NaN, or is at its median on all but fewer than 10 days, is left out.
        block: mean length of a block in days; by default the median of the cells' optimal ones, at least 5.
        draws: under the null.
        seed: the same seed gives the same answer.
        side: `two`, or `greater` where only means above zero are finds.
        level: of the survivors.
    """
    count, cells = daily.shape
    t, null = np.full(cells, np.nan), np.full((draws, cells), np.nan)
    varying = _varying(daily)
    if not len(varying):
        return step_down(t, null, side, level)
    mean = daily[:, varying].mean(axis=0)
    centred = daily[:, varying] - mean
    length = block or _shared_block(centred)
    bounds = _batches(count, length)
    error = _error_of_sum(centred, bounds)
    # a series that goes up and down in step with the batches has no error that can be estimated
    estimable = error > 1e-12 * count * np.abs(centred).max(axis=0)
    t[varying[estimable]] = count * mean[estimable] / error[estimable]
    days = stationary_days(count, draws, length, seed)

    def fill(places: Integers) -> None:
        drawn = np.empty((draws, len(places)))
        _studentise(np.ascontiguousarray(centred[:, places]), days, bounds, drawn)
        null[:, varying[places]] = drawn

    places = np.flatnonzero(estimable)
    with ThreadPoolExecutor(AT_ONCE) as workers:
        list(workers.map(fill, np.split(places, range(TILE, len(places), TILE))))
    return step_down(t, null, side, level)


def _varying(daily: Floats) -> Integers:
    """The cells that are known on all days, and are not at their median on at least 10."""
    known = np.flatnonzero(np.isfinite(daily).all(axis=0))
    values = daily[:, known]
    if not values.size:
        return known[:0]
    off = np.abs(values - np.median(values, axis=0)) > 1e-12 * np.abs(values).max(axis=0)
    varying: Integers = known[off.sum(axis=0) >= FEWEST]
    return varying


def _shared_block(centred: Floats) -> float:
    some = np.linspace(0, centred.shape[1] - 1, min(centred.shape[1], TILE)).astype(np.int64)
    typical = float(np.median([optimal_block_length(centred[:, cell]).stationary for cell in some]))
    return max(typical, SHORTEST_BLOCK)


def _batches(count: int, block: float) -> Integers:
    """Where the batches begin, and the end of the last."""
    fewest, most = BATCHES
    batches = min(int(np.clip(count / (3 * block), fewest, most)), count)
    return np.arange(batches + 1) * count // batches


def _error_of_sum(centred: Floats, bounds: Integers) -> Floats:
    """Standard error of the sum of each series of mean zero, from the sums of its batches."""
    batches = len(bounds) - 1
    sums = np.add.reduceat(centred, bounds[:-1], axis=0)
    error: Floats = np.sqrt((sums**2).sum(axis=0) * batches / (batches - 1))
    return error


@compiled
def _studentise(centred: Floats, days: Integers, bounds: Integers, drawn: Floats) -> None:
    """Sum of each series over the days of each draw, over its error as estimated from the draw's own batches."""
    count, cells = centred.shape
    batches = len(bounds) - 1
    sums = np.empty((batches, cells))
    for draw in range(len(days)):
        sums[:] = 0.0
        for batch in range(batches):
            for at in range(bounds[batch], bounds[batch + 1]):
                day = days[draw, at]
                for cell in range(cells):
                    sums[batch, cell] += centred[day, cell]
        for cell in range(cells):
            total = 0.0
            for batch in range(batches):
                total += sums[batch, cell]
            squares = 0.0
            for batch in range(batches):
                share = (bounds[batch + 1] - bounds[batch]) / count
                squares += (sums[batch, cell] - share * total) ** 2
            error = np.sqrt(squares * batches / (batches - 1))
            if error > 0.0:
                drawn[draw, cell] = total / error
            else:
                # a draw of days on which nothing happened
                drawn[draw, cell] = 0.0
