"""Whole documents of `flowbt evaluate`, as the command would give them: numbers that agree with each other, nothing planted.

`evaluation` is that of a signal on three symbols over two years, without an edge in direction but with one in the size of
the next day's move; `series` is that of the dealers' gamma, after the sample of `../shared/data/market`.
"""

import math
from datetime import date
from typing import Any

import numpy as np

from flowbt.calendar import sessions

Document = dict[str, Any]

HORIZONS = (1, 3, 5, 10)
WINDOWS = ((0, 1), (1, 2), (2, 3), (3, 5), (5, 10), (10, 20))
COUNTS = {"bearish": 81, "neutral": 640, "bullish": 96}


def two_sided(t: float) -> float:
    return math.erfc(abs(t) / math.sqrt(2))


def around(value: float, error: float) -> list[float]:
    return [value - 2.05 * error, value + 2.05 * error]


def evaluation() -> Document:
    draw = np.random.default_rng(17)
    horizons = [_horizon(horizon, draw) for horizon in HORIZONS]
    return {
        "run": "evaluate-flow_verdict-5e6f7a8b",
        "signal": "flow_verdict",
        "description": "Reads the day's flow against the symbol's own habit: bearish, neutral or bullish.",
        "parameters": {"bearish": 0.25, "bullish": 0.25, "lookback": 63},
        "symbols": ["SYN000", "SYN001", "SYN002"],
        "from": "2024-07-01",
        "to": "2026-06-30",
        "sessions": 501,
        "decision": "close",
        "entry": "next_open",
        "excess_over": "own_mean",
        "coverage": {"symbol_days": 1_503, "verdicts": COUNTS, "abstentions": 686, "active_dates": 148},
        "horizons": horizons,
        "family": {
            "tests": 8,
            "smallest_p_value": min(c["p_value"] for h in horizons for c in h["verdicts"].values() if c["p_value"]),
            "max_t_p_value": 0.61,
            "survivors": [],
            "benjamini_hochberg": 0,
        },
        "decay": [_window(start, end, draw) for start, end in WINDOWS],
        "path": _path(draw),
        "delay": {
            "horizon": 3,
            "lags": [
                {"lag": lag, "signed_excess": value, "ci": around(value, 0.0021)}
                for lag, value in zip(
                    range(-1, 6), (0.0142, 0.0012, 0.0009, 0.0004, -0.0008, 0.0001, 0.0006), strict=True
                )
            ],
        },
        "calendar_time": {
            "horizon": 3,
            "mean_daily": 0.00011,
            "t": 0.45,
            "p_value": 0.653,
            "sharpe": 0.34,
            "ci": [-0.00038, 0.0006],
            "minimum_detectable": 0.00068,
            "days": 312,
        },
        "stability": _stability(draw),
        "volatility": _volatility(),
        "rolling": {"horizon": 3, "window": 63, "points": _rolling(draw)},
        "calibration": _calibration(draw),
        "thresholds": {
            "horizon": 3,
            "max_t_p_value": 0.44,
            "rows": [
                {
                    "threshold": threshold,
                    "n": round(900 * math.exp(-4.2 * threshold)),
                    "signed_excess": (excess := float(draw.normal(0.0006, 0.0005)) * (1 + 2 * threshold)),
                    "t": excess / (0.0011 * math.exp(1.4 * threshold)),
                }
                for threshold in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
            ],
        },
        "incremental": [_incremental(horizon) for horizon in HORIZONS],
        "levels": None,
        "report": "reports/evaluate-flow_verdict-5e6f7a8b/report.html",
        "manifest": {"data_version": {"chains": 3, "prices": 2}, "flowbt_version": "0.1.0"},
    }


def _horizon(horizon: int, draw: np.random.Generator) -> Document:
    excess, spread = float(draw.normal(0.0004, 0.0006 * horizon**0.5)), 0.0016 * horizon**0.5
    return {
        "horizon": horizon,
        "sessions": 817,
        "base_rate_up": 0.53,
        "no_move_share": 0.004 / horizon,
        "verdicts": {name: _cell(name, horizon, draw) for name in COUNTS},
        "information_coefficient": (ic := float(draw.normal(0.01, 0.02))),
        "ic_ci": around(ic, 0.034),
        "ic_p_value": two_sided(ic / 0.034),
        "icir": ic / 0.2,
        "ic_method": "over_time",
        "placebo_p_value": 0.47,
        "placebo": {
            "statistic": excess,
            "p_value": 0.47,
            "shifts": 499,
            "low": -1.96 * spread,
            "high": 1.96 * spread,
            "histogram": [
                {
                    "from": 0.2 * step * spread,
                    "to": 0.2 * (step + 1) * spread,
                    "count": round(499 * 0.2 * math.exp(-0.5 * (0.2 * step + 0.1) ** 2) / math.sqrt(2 * math.pi)),
                }
                for step in range(-15, 15)
            ],
        },
        "direction": {
            "n": 177,
            "share_right": 0.519,
            "share_expected": 0.502,
            "pesaran_timmermann": {"statistic": 0.46, "p_value": 0.646},
            "henriksson_merton": {"timing": 0.032, "ci": [-0.11, 0.174], "p_value": 0.659},
        },
        "three_classes": [
            {
                "dead_band": band,
                "n": 817,
                "confusion": [
                    [38, round(40 * band), 43 - round(40 * band)],
                    [290, round(310 * band), 350 - round(310 * band)],
                    [44, round(46 * band), 52 - round(46 * band)],
                ],
                "mcc": 0.021 - 0.01 * band,
                "rps": 0.249 - 0.06 * band,
                "rps_climatology": 0.248 - 0.06 * band,
                "rps_skill": -0.004,
            }
            for band in (0.0, 0.25, 0.5)
        ],
    }


def _cell(name: str, horizon: int, draw: np.random.Generator) -> Document:
    n, root = COUNTS[name], horizon**0.5
    excess, error = float(draw.normal(0.0, 0.0012 * root)), 0.0014 * root
    cell: Document = {
        "n": n,
        "effective_n": n / (1 + 0.22 * (horizon - 1)),
        "mean_return": excess + 0.0005 * horizon,
        "mean_excess_return": excess,
        "mean_excess_ci": around(excess, error),
        "return_p_value": two_sided(excess / error),
        "return_minimum_detectable": 2.8 * error,
    }
    names = "hit_rate hit_ci base_rate lift lift_ci t p_value minimum_detectable lift_over_expanding"
    if name == "neutral":
        return cell | dict.fromkeys(names.split())
    base, error = 0.46 if name == "bearish" else 0.53, 0.5 / math.sqrt(cell["effective_n"])
    lift = float(draw.normal(0.0, 0.8 * error))
    return cell | {
        "hit_rate": base + lift,
        "hit_ci": around(base + lift, 0.95 * error),
        "base_rate": base,
        "lift": lift,
        "lift_ci": around(lift, error),
        "t": lift / error,
        "p_value": two_sided(lift / error),
        "minimum_detectable": 2.8 * error,
        "lift_over_expanding": lift + 0.012,
    }


def _window(start: int, end: int, draw: np.random.Generator) -> Document:
    error = 0.0012 * math.sqrt(end - start)
    excess = float(draw.normal(0.0, 0.7 * error))
    ci, p = around(excess, error), two_sided(excess / error)
    return {"from": start, "to": end, "signed_excess": excess, "ci": ci, "p_value": p}


def _path(draw: np.random.Generator) -> list[Document]:
    rows = []
    for name, side in (("bearish", -1), ("neutral", 0), ("bullish", 1)):
        error = 0.0013 if side else 0.0004
        steps = draw.normal(0, 0.5 * error, 26) + np.where(np.arange(26) < 5, -0.0011 * side, 0.0)
        walk = np.cumsum(steps) - np.cumsum(steps)[5]
        for session, mean in zip(range(-5, 21), walk.tolist(), strict=True):
            reach = 2 * error * math.sqrt(abs(session))
            rows.append(
                {
                    "verdict": name,
                    "session": session,
                    "n": COUNTS[name],
                    "mean": mean,
                    "low": mean - reach,
                    "high": mean + reach,
                }
            )
    return rows


def _stability(draw: np.random.Generator) -> list[Document]:
    groups = {
        "year": {"2024": 41, "2025": 88, "2026": 48},
        "volatility": {"low": 55, "middle": 60, "high": 62},
        "without": {"SYN000": 112, "SYN001": 121, "SYN002": 121},
    }
    return [
        {
            "by": by,
            "group": group,
            "n": n,
            "signed_excess": (excess := float(draw.normal(0.001, 0.012 / math.sqrt(n)))),
            "ci": around(excess, 0.028 / math.sqrt(n)),
        }
        for by, members in groups.items()
        for group, n in members.items()
    ]


def _volatility() -> list[Document]:
    rows = []
    for outcome, usual, extra in (("next_range", 0.0148, 0.0032), ("absolute_return", 0.0091, 0.0024)):
        for name, part in (("bearish", 1.0), ("neutral", -0.12), ("bullish", 0.15)):
            error = 0.0008 if name != "neutral" else 0.0003
            excess = extra * part
            rows.append(
                {
                    "outcome": outcome,
                    "verdict": name,
                    "n": COUNTS[name],
                    "mean": usual + excess,
                    "excess": excess,
                    "ci": around(excess, error),
                    "p_value": two_sided(excess / error),
                }
            )
    return rows


def _rolling(draw: np.random.Generator) -> list[Document]:
    days = sessions(date(2024, 9, 30), date(2026, 6, 26))
    wobble = np.convolve(draw.normal(0, 0.5, len(days) + 62), np.ones(63) / 63, "valid")
    return [
        {
            "date": day.isoformat(),
            "n": 22 + place % 9,
            "hit_rate": 0.505 + float(off),
            "base_rate": 0.5 + 0.03 * (1 - math.exp(-place / 120)),
        }
        for place, (day, off) in enumerate(zip(days, wobble, strict=True))
    ]


def _calibration(draw: np.random.Generator) -> Document:
    counts = (12, 31, 58, 96, 142, 149, 131, 104, 61, 33)
    bins = []
    for place, n in enumerate(counts):
        said = 0.405 + 0.025 * place
        seen = 0.53 + 0.15 * (said - 0.53) + float(draw.normal(0, 0.4 / math.sqrt(n)))
        bins.append({"predicted": said, "observed": seen, "n": n, "ci": around(seen, 0.5 / math.sqrt(n))})
    return {
        "horizon": 3,
        "n": sum(counts),
        "brier": 0.2521,
        "brier_climatology": 0.2493,
        "skill": -0.0112,
        "p_value": 0.318,
        "bins": bins,
    }


def _incremental(horizon: int) -> Document:
    return {
        "horizon": horizon,
        "n": 817,
        "coefficient_alone": 0.0012 * horizon**0.5,
        "p_value_alone": 0.41,
        "coefficient": 0.0007 * horizon**0.5,
        "ci": around(0.0007 * horizon**0.5, 0.0014 * horizon**0.5),
        "p_value": 0.617,
        "r2_controls": 0.0121 * horizon**0.5,
        "r2_with_signal": 0.0124 * horizon**0.5,
        "controls": [
            "momentum_1",
            "momentum_5",
            "momentum_20",
            "iv_30d",
            "realised_volatility",
            "day_of_week",
            "expiry_week",
        ],
    }


def series() -> Document:
    """Dealers' gamma in fifths against the next day of the S&P 500."""
    sizes = (0.012968, 0.007679, 0.005573, 0.0046, 0.004301)
    returns = (0.00021, 0.00034, 0.00058, 0.00061, 0.00042)
    edges = (-4.1e9, 1.1e9, 2.2e9, 3.3e9, 4.9e9, 1.52e10)
    return {
        "run": "evaluate-gex-0a1b2c3d",
        "series": "dix_gex_2011_2020.csv",
        "column": "gex",
        "description": "Values of `gex` in `dix_gex_2011_2020.csv`.",
        "parameters": {"buckets": 5},
        "symbols": ["SPX"],
        "from": "2011-05-02",
        "to": "2020-12-31",
        "sessions": 2_434,
        "decision": "close",
        "entry": "close",
        "excess_over": "own_mean",
        "horizons": [
            {
                "horizon": 1,
                "sessions": 2_433,
                "base_rate_up": 0.546,
                "no_move_share": 0.001,
                "information_coefficient": -0.0121,
                "ic_ci": [-0.055, 0.031],
                "ic_p_value": 0.583,
                "icir": None,
                "ic_method": "over_time",
            }
        ],
        "buckets": [
            {
                "bucket": place + 1,
                "n": 487 if place < 3 else 486,
                "mean_value": (edges[place] + edges[place + 1]) / 2,
                "low": edges[place],
                "high": edges[place + 1],
                "mean_return": returns[place],
                "return_ci": around(returns[place], 0.09 * size),
                "mean_abs_return": size,
                "abs_return_ci": around(size, 0.05 * size),
                "up_rate": 0.53 + 0.006 * place,
            }
            for place, size in enumerate(sizes)
        ],
        "bucket_tests": {
            "horizon": 1,
            "outcomes": [
                {
                    "outcome": "return",
                    "spread": 0.00021,
                    "ci": [-0.00096, 0.00138],
                    "p_value": 0.723,
                    "rank_correlation": 0.0121,
                    "rank_p_value": 0.583,
                },
                {
                    "outcome": "absolute_return",
                    "spread": -0.008667,
                    "ci": [-0.0108, -0.0065],
                    "p_value": 0.00002,
                    "rank_correlation": -0.352,
                    "rank_p_value": 0.00001,
                },
            ],
        },
        "report": "reports/evaluate-gex-0a1b2c3d/report.html",
    }
