"""The flow verdict judges a day by the symbol's own earlier days."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from flowbt.signals import FlowVerdict, zscore

COLUMNS = ("net_premium_ratio", "put_call_volume_ratio", "put_call_oi_ratio")


def history(rows: int, seed: int = 0) -> pl.DataFrame:
    draws = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "net_premium_ratio": draws.normal(0, 0.2, rows),
            "put_call_volume_ratio": np.exp(draws.normal(0.5, 0.2, rows)),
            "put_call_oi_ratio": np.exp(draws.normal(0.9, 0.02, rows)),
            "gex": np.full(rows, 1.0),
        }
    )


def last(frame: pl.DataFrame, expression: pl.Expr) -> Any:
    return frame.select(expression.alias("value"))["value"][-1]


def test_zscore_leaves_today_out_of_mean_and_deviation() -> None:
    frame = pl.DataFrame({"x": [1.0, 2.0, 3.0, 10.0]})
    assert last(frame, zscore(pl.col("x"), 3, 3)) == pytest.approx((10 - 2) / 1)


def test_zscore_is_null_before_min_history() -> None:
    frame = pl.DataFrame({"x": [1.0, 2.0, 4.0, 8.0]})
    assert frame.select(zscore(pl.col("x"), 10, 3))["x"].is_null().to_list() == [True, True, True, False]


def test_zscore_is_null_where_nothing_varied() -> None:
    assert last(pl.DataFrame({"x": [1.0, 1.0, 1.0, 2.0]}), zscore(pl.col("x"), 3, 3)) is None


def test_score_is_the_mean_of_three_clipped_thirds() -> None:
    frame = history(40)
    change = frame["put_call_oi_ratio"].log().diff()
    parts = [frame["net_premium_ratio"], -frame["put_call_volume_ratio"].log(), -change]
    expected = np.mean([np.clip((x[-1] - x[-31:-1].mean()) / x[-31:-1].std() / 3, -1, 1) for x in parts])
    assert last(frame, FlowVerdict(lookback=30).score()) == pytest.approx(expected)


def test_extreme_put_flow_is_bearish() -> None:
    frame = history(40)
    puts = frame[-1].with_columns(net_premium_ratio=pl.lit(-0.9), put_call_volume_ratio=pl.lit(9.0))
    assert last(pl.concat([frame[:-1], puts]), FlowVerdict().verdict()) == -1


def test_extreme_call_flow_is_bullish() -> None:
    frame = history(40)
    calls = frame[-1].with_columns(net_premium_ratio=pl.lit(0.9), put_call_volume_ratio=pl.lit(0.2))
    assert last(pl.concat([frame[:-1], calls]), FlowVerdict().verdict()) == 1


def test_a_put_heavy_habit_is_not_bearish() -> None:
    frame = history(60).with_columns(pl.col("put_call_volume_ratio") * 5)
    verdicts = frame.select(FlowVerdict().verdict().alias("verdict"))["verdict"].drop_nulls()
    assert (verdicts == -1).sum() < 0.4 * len(verdicts)


def test_too_little_history_is_null_and_not_neutral() -> None:
    verdicts = history(25).select(FlowVerdict(min_history=20).verdict().alias("verdict"))["verdict"]
    assert verdicts.is_null().to_list() == [True] * 21 + [False] * 4


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_part_leaves_no_verdict(column: str) -> None:
    frame = history(40)
    gap = pl.concat([frame[:-1], frame[-1].with_columns(pl.lit(None, pl.Float64).alias(column))])
    assert last(gap, FlowVerdict().verdict()) is None


def test_the_threshold_itself_counts() -> None:
    frame = history(40)
    score = last(frame, FlowVerdict().score())
    assert last(frame, FlowVerdict(bearish=abs(score), bullish=abs(score)).verdict()) == np.sign(score)


def test_gex_of_the_other_sign_makes_it_neutral() -> None:
    frame = history(40)
    puts = frame[-1].with_columns(net_premium_ratio=pl.lit(-0.9), put_call_volume_ratio=pl.lit(9.0))
    frame = pl.concat([frame[:-1], puts])
    assert last(frame, FlowVerdict(require_gex_agreement=True).verdict()) == 0
    assert last(frame.with_columns(gex=pl.lit(-1.0)), FlowVerdict(require_gex_agreement=True).verdict()) == -1


def test_gex_agreement_does_not_make_a_verdict_of_none() -> None:
    assert last(history(5), FlowVerdict(require_gex_agreement=True).verdict()) is None
