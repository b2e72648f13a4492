"""Max-pain gravity and call breakout: verdicts and levels on rows worked out by hand."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.errors import UnknownNameError
from flowbt.signals import CallBreakout, MaxPainGravity, signal_named


def gravity(gap: float | None, days: int | None = 2, **thresholds: Any) -> Any:
    row = pl.DataFrame(
        {
            "max_pain_gap": [gap],
            "days_to_expiry": [days],
            "max_pain": [100.0],
            "nearest_expiration": [date(2026, 1, 9)],
        },
        schema_overrides={"max_pain_gap": pl.Float64, "days_to_expiry": pl.Int64},
    )
    return row.select(MaxPainGravity(**thresholds).verdict().alias("verdict")).item()


@pytest.mark.parametrize(
    ("gap", "verdict"), [(0.02, -1), (-0.02, 1), (0.005, 0), (0.01, -1), (0.2, 0), (0.0, 0), (None, None)]
)
def test_gravity_pulls_towards_max_pain(gap: float | None, verdict: int | None) -> None:
    assert gravity(gap) == verdict


def test_gravity_needs_a_near_expiry() -> None:
    assert gravity(0.02, days=6) == 0
    assert gravity(0.02, days=6, max_days=6) == -1


def breakout(signal: CallBreakout = CallBreakout(), /, **changes: float | None) -> dict[str, Any]:  # noqa: B008 (frozen)
    levels = {"spot": 100.0, "contention_strike": 102.0, "next_call_peak": 105.0, "bollinger_mid": 101.0, "low": 99.0}
    row = pl.DataFrame(
        {name: [value] for name, value in {**levels, **changes}.items()}, schema=dict.fromkeys(levels, pl.Float64)
    )
    return row.select(**signal.columns()).row(0, named=True)


def test_breakout_levels_are_the_contested_strike_the_next_peak_and_the_low() -> None:
    said = breakout()
    assert (said["verdict"], said["trigger"], said["target"], said["stop"]) == (1, 102.0, 105.0, 99.0)


def test_breakout_scores_nearness() -> None:
    assert breakout()["score"] == pytest.approx(1 - 0.02 / 0.03)


@pytest.mark.parametrize(
    ("name", "value"),
    [("contention_strike", 104.0), ("contention_strike", 99.5), ("next_call_peak", 102.1), ("low", 102.0)],
    ids=["too far above", "already broken", "no reward", "stop above the trigger"],
)
def test_no_setup_is_neutral(name: str, value: float) -> None:
    assert breakout(**{name: value})["verdict"] == 0


@pytest.mark.parametrize("name", ["spot", "contention_strike", "next_call_peak", "low"])
def test_an_unknown_level_leaves_no_verdict(name: str) -> None:
    said = breakout(**{name: None})
    assert (said["verdict"], said["score"]) == (None, None)


def test_the_middle_band_can_be_the_trigger() -> None:
    said = breakout(CallBreakout(level="bollinger_mid"))
    assert (said["verdict"], said["trigger"], said["target"]) == (1, 101.0, 102.0)


def test_an_unknown_signal_is_told_with_its_near_miss() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'flow_verdict'"):
        signal_named("flow_verdikt")
