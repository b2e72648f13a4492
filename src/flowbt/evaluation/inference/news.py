"""Errors counted on the day they came to light, so that overlapping horizons do not make neighbours depend on each other.

An estimate that sums weight times outcome over verdicts can be written over days instead: an outcome is what was expected of
it at the verdict plus, day by day, the change of what is expected of it (its news). The sum is the same to the last digit
whatever one takes for the expectation, and where the expectation is a sensible one, news is hardly predictable, however
long the horizon and however persistent the verdicts. The influence of a day is the news it brought to all windows open.

For returns this is the rearrangement of Hodrick (1992, standard errors 1B) and Britten-Jones, Neuberger & Nolte (2011);
for ranks and signs it is Doob's decomposition with the normal distribution for the rest of the window.

A `path` has horizon + 1 layers of dates by symbols: the return from the entry to 0, 1, ... H sessions after it, NaN where
unknown; so has an expectation, whose last layer is the outcome itself.
"""

import numpy as np
from scipy.special import ndtr
from scipy.stats import rankdata

from flowbt.evaluation.inference.long_run import Bools, Estimate, Floats, estimate_from_influence


def estimate_from_news(value: float, weight: Floats, expectation: Floats) -> Estimate | None:
    """The estimate `value` = sum of weight times outcome, with its error by the days of the news.

    Args:
        value: the estimate.
        weight: dates down, symbols across, as known at the verdict (but for means over the sample); NaN counts as 0.
        expectation: layers of dates by symbols; a layer that is NaN brings no news, a last one that is NaN drops the outcome.
    """
    influence = news_influence(weight, expectation)
    return estimate_from_influence(value, influence - influence.mean(), 1) if len(influence) else None


def news_influence(weight: Floats, expectation: Floats) -> Floats:
    """What each day, from the first after the first date to the last of the last window, adds to the sum of weight times outcome."""
    horizon, dates = len(expectation) - 1, len(weight)
    counted = np.where(np.isfinite(weight) & np.isfinite(expectation[-1]), weight, 0.0)
    influence = np.zeros(max(dates + horizon - 1, 0))
    last = np.where(np.isfinite(expectation[0]), expectation[0], 0.0)
    for day, layer in enumerate(expectation[1:]):
        news = np.where(np.isfinite(layer), layer - last, 0.0)
        influence[day : day + dates] += (counted * news).sum(axis=1)
        last = last + news
    return influence


def expected_return(path: Floats) -> Floats:
    """The return so far, above what the symbol's mean return comes to by then."""
    share = np.arange(len(path)) / max(len(path) - 1, 1)
    return np.asarray(path - share[:, None, None] * _means(path[-1]))


def expected_rise(path: Floats, at_first: Floats | None = None) -> Floats:
    """The probability that the return at the end is above 0; at last 1 or 0.

    Args:
        path: returns.
        at_first: probability at the verdict, dates by symbols; the symbol's own share of rises where not given.
    """
    rose = np.where(np.isfinite(path[-1]), path[-1] > 0, np.nan)
    so_far, drift, spread = _log_path(path)
    left = 1 - np.arange(len(path) - 1) / (len(path) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = ndtr((so_far[:-1] + left[:, None, None] * drift) / (spread * np.sqrt(left)[:, None, None]))
    between[0] = _means(rose) if at_first is None else at_first
    return np.concatenate([between, rose[None]])


def expected_rank(path: Floats, ranked: Floats) -> Floats:
    """The standardised rank that the return will have among the symbol's own returns.

    Args:
        path: returns.
        ranked: at the end: the ranks over time with mean 0 and variance 1, dates by symbols; NaN where not ranked.
    """
    so_far, drift, spread = _log_path(path)
    left = 1 - np.arange(len(path) - 1) / (len(path) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # rank = Phi(z), and what is left of the window adds variance to what it is expected to be
        centred = so_far[:-1] - (1 - left)[:, None, None] * drift
        between = ndtr(centred / (spread * np.sqrt(1 + left)[:, None, None]))
    between = (between - 0.5) * np.sqrt(12)
    between[0] = 0.0
    return np.concatenate([between, ranked[None]])


def expected_rank_across(path: Floats, used: Bools) -> Floats:
    """The standardised rank across the symbols of a date: that of the return so far, shrunk by what is yet to come.

    Args:
        path: returns.
        used: dates by symbols: which are ranked.
    """
    layers = [np.where(used, 0.0, np.nan)]
    layers += [
        np.sqrt(day / (len(path) - 1)) * ranks_across(np.where(used, path[day], np.nan)) for day in range(1, len(path))
    ]
    return np.stack(layers)


def ranks_across(values: Floats) -> Floats:
    """Ranks of each row with mean 0 and variance 1, ties at their mean rank; NaN stays, a row that does not vary is NaN."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    ranks = np.where(known, rankdata(np.where(known, values, np.inf), axis=1) - (count + 1) / 2, 0.0)
    variance = (ranks**2).sum(axis=1, keepdims=True) / count
    return np.where(known & (variance > 0), ranks / np.sqrt(np.where(variance > 0, variance, 1.0)), np.nan)


def _log_path(path: Floats) -> tuple[Floats, Floats, Floats]:
    """Log returns so far, and the mean and standard deviation of those over the whole window, per symbol."""
    so_far = np.log1p(path)
    drift = _means(so_far[-1])
    return so_far, drift, np.sqrt(_means((so_far[-1] - drift) ** 2))


def _means(values: Floats) -> Floats:
    """The mean of each column over what is known; 0 where nothing is."""
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
