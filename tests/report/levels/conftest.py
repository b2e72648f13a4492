"""Sections of levels as an evaluation gives them, from a few numbers."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Make = Callable[..., Document]
NOTHING = {"difference": None, "ci": None, "p_value": None, "minimum_detectable": None}


@pytest.fixture(scope="session")
def make_measure() -> Make:
    """A measure: by default 41% of 96 against 34% on other days, within luck."""

    def make(
        name: str,
        value: float | None = 0.41,
        elsewhere: float | None = 0.34,
        p_value: float | None = 0.48,
        *,
        mirror: float | None = 0.36,
        n: int = 96,
        **others: Any,
    ) -> Document:
        contrast: Document = dict(NOTHING)
        if value is not None and elsewhere is not None:
            contrast["difference"] = value - elsewhere
        if p_value is not None and contrast["difference"] is not None:
            spread = 0.15
            contrast |= {
                "p_value": p_value,
                "ci": (contrast["difference"] - spread, contrast["difference"] + spread),
                "minimum_detectable": 0.21,
            }
        to_mirror = {**NOTHING, "difference": None if None in (value, mirror) else value - mirror}  # type: ignore[operator]
        return {
            "measure": name,
            "n": n,
            "days": 22,
            "value": value,
            "formula": None,
            "mirror": mirror,
            "elsewhere": elsewhere,
            "against": {"mirror": to_mirror, "elsewhere": contrast},
            **others,
        }

    return make


@pytest.fixture(scope="session")
def make_barrier(make_measure: Make) -> Make:
    """One kind on one side at one horizon; measures by name replace the usual ones."""

    def make(
        kind: str = "call wall", side: str = "above", horizon: int = 3, levels: int = 100, **measures: Any
    ) -> Document:
        usual = {
            "touched": make_measure("touched", formula=0.45),
            "touched_by_close": make_measure("touched_by_close", 0.29, 0.25, 0.4, formula=0.28),
            "held": make_measure("held", 0.5, 0.4, 0.3, n=39),
            "held_after": make_measure("held_after", 0.56, 0.56, 0.9, n=39),
            "drift_1": make_measure("drift_1", -0.001, -0.002, 0.6, mirror=0.0, n=39),
            "drift_3": make_measure("drift_3", 0.004, 0.001, 0.7, mirror=0.0, n=38),
            "drift_5": make_measure("drift_5", 0.002, 0.001, None, mirror=0.0, n=36),
        }
        return {
            "kind": kind,
            "side": side,
            "horizon": horizon,
            "levels": levels,
            "mean_distance": 0.014,
            "mean_sigmas": 0.88,
            "measures": list((usual | measures).values()),
        }

    return make


@pytest.fixture(scope="session")
def make_pin(make_measure: Make) -> Make:
    """Max pain over a class of sessions to go."""

    def make(
        kind: str = "max pain", by: str = "expiry", sessions: tuple[int, int] = (3, 5), **changes: Any
    ) -> Document:
        others = {"round_strike": 0.46, "prior_close": 0.4}
        row = {
            "kind": kind,
            "by": by,
            "sessions": list(sessions),
            "n": 97,
            "ends": 59,
            "mean_gap": 0.011,
            "measures": [
                make_measure("nearer", 0.43, 0.36, 0.27, mirror=0.27, n=97, **others),
                make_measure("distance", 0.0046, 0.0046, 0.98, mirror=0.0058, n=97, **dict.fromkeys(others, 0.0003)),
                make_measure("within", 0.22, 0.22, 0.99, mirror=0.19, n=97, **dict.fromkeys(others, 0.3)),
            ],
            "pull": [
                {"beside": beside, "n": 97, "coefficient": share, "ci": (share - 0.6, share + 0.6), "p_value": 0.7,
                 "minimum_detectable": 0.8}
                for beside, share in (([], 0.11), (["prior_close"], 0.04), (["prior_close", "mean_close_20"], -0.14))
            ],
            "given_back": [
                {"sessions": 1, "toward": {"n": 54, "mean": 0.0003}, "away": {"n": 41, "mean": 0.0013},
                 "difference": -0.001, "ci": (-0.006, 0.004), "p_value": 0.68, "minimum_detectable": 0.0055}
            ],
        }  # fmt: skip
        return row | changes

    return make


@pytest.fixture
def section(make_barrier: Make, make_pin: Make) -> Document:
    """Max pain, a call wall and a put wall, at several horizons."""
    return {
        "horizons": [1, 3, 5],
        "from": "2026-05-26",
        "to": "2026-08-21",
        "symbols": ["IWM", "TLT"],
        "kinds": [
            {"kind": "max pain", "n": 1029, "dates": 62, "symbols": 2, "as": "pin", "recognised": True},
            {"kind": "call wall", "n": 123, "dates": 62, "symbols": 2, "as": "barrier", "recognised": True},
        ],
        "left_out": {"out_of_reach": 3},
        "volatility": {"IWM": "implied", "TLT": "realised"},
        "gravity": [make_pin(sessions=bounds) for bounds in ((1, 1), (3, 5), (6, 10))],
        "touches": [
            make_barrier(kind, side, horizon)
            for kind, side in (("call wall", "above"), ("put wall", "below"))
            for horizon in (1, 3, 5)
        ],
    }
