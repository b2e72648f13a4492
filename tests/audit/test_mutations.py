"""Metrics that see the future, each in its own way, and metrics that seem to: every one of the first is caught, and none of the
second. All of them are audited at once, as an audit costs a pass over the market however many it looks at."""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import polars as pl
import pytest

from flowbt.audit import Audit, metrics_subject, run_audit
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, prior

RATIO, CLOSE, DATE = pl.col("put_call_volume_ratio"), pl.col("close"), pl.col("date")
MONTH = DATE.dt.truncate("1mo")
TOMORROW = CLOSE.shift(-1) / CLOSE - 1


def of_the_array(function: Callable[[pl.Series], pl.Series], **options: Any) -> pl.Expr:
    return RATIO.map_batches(function, return_dtype=pl.Float64, **options)


AHEAD: dict[str, pl.Expr] = {
    "z_score_of_the_whole_sample": (RATIO - RATIO.mean()) / RATIO.std(),
    "above_a_quantile_of_the_whole_sample": RATIO.quantile(0.9) < RATIO,
    "of_tomorrow": RATIO.shift(-1),
    "open_interest_of_the_day_itself": pl.col("put_call_oi_ratio").shift(-1),
    "centred_rolling": RATIO.rolling_mean(5, center=True),
    "backward_fill": RATIO.fill_null(strategy="backward"),
    "backward_fill_of_bars": CLOSE.backward_fill(),
    "interpolated": RATIO.interpolate(),
    "interpolated_bars": CLOSE.interpolate(),
    "highest_to_come": CLOSE.cum_max(reverse=True),
    "against_the_last": RATIO / RATIO.last(),
    "rank_in_the_whole_history": RATIO.rank(),
    "mean_of_the_month": RATIO.mean().over(MONTH),
    "three_sessions_ahead": CLOSE.pct_change(-3),
    "is_the_last_day": DATE.max() == DATE,
    "counts_the_rows": pl.len() + 0 * RATIO,
    "reversed": RATIO.reverse().rolling_mean(3).reverse(),
    "on_few_days": pl.when(TOMORROW.abs() > 0.05).then(-TOMORROW.sign()).otherwise(0),
    "never_in_this_market": pl.when(RATIO.shift(-1) > 1e6).then(1).otherwise(0),
    "where_tomorrow_is_below_zero": pl.when(CLOSE.shift(-1) < 0).then(1).otherwise(0),
    "end_of_the_array": of_the_array(lambda values: values - values[-1]),
    "all_of_an_array_taken_for_elementwise": of_the_array(
        lambda values: pl.Series([values[-1]] * len(values), dtype=pl.Float64), is_elementwise=True
    ),
    "made_of_what_looks_ahead": RATIO / pl.col("of_tomorrow"),
}  # fmt: skip
AHEAD_IN_A_MONTH: dict[str, pl.Expr] = {
    "mean_over_the_month_of_snapshots": pl.col("put_volume()").mean().over("symbol", MONTH),
    "next_snapshot": pl.col("put_volume()").shift(-1).over("symbol"),
}
AHEAD_IN_STRIKES: dict[str, pl.Expr] = {
    "next_row": pl.col("call_volume").shift(-1),
    "all_days_of_a_contract": pl.col("call_volume").sum().over("root", "strike", "expiration"),
}
AHEAD_IN_EXPIRIES: dict[str, pl.Expr] = {"next_expiry_row": pl.col("max_pain()").shift(-1)}
SOUND: dict[str, pl.Expr] = {
    "against_its_median": RATIO / RATIO.rolling_median(20),
    "z_score_of_the_past": (RATIO - RATIO.rolling_mean(10).shift(1)) / RATIO.rolling_std(10).shift(1),
    "forward_fill": RATIO.forward_fill(),
    "expanding": RATIO.cum_sum() / RATIO.cum_count(),
    "fading": RATIO.ewm_mean(span=5),
    "against_the_first": RATIO / RATIO.first(),
    "highest_so_far": CLOSE.cum_max(),
    "back_and_forth": RATIO.shift(-2).shift(2),
    "constant": pl.lit(1.0) + 0 * RATIO,
    "weekday": DATE.dt.weekday(),
    "of_tomorrow_two_sessions_later": pl.col("of_tomorrow").shift(2),
    "sound_array": of_the_array(lambda values: values.rolling_mean(3)),
}
SOUND_ACROSS: dict[str, pl.Expr] = {
    "rank_among_the_symbols": RATIO.rank(),
    "z_score_among_the_symbols": (RATIO - RATIO.mean()) / RATIO.std(),
    "share_of_all_volume": pl.col("put_volume") / pl.col("put_volume").sum(),
}
SOUND_IN_STRIKES: dict[str, pl.Expr] = {"change_of_volume": pl.col("call_volume") - prior("call_volume")}

BY_GRAIN: Iterable[tuple[Any, dict[str, pl.Expr]]] = (
    ("history", AHEAD | SOUND),
    ("snapshot", AHEAD_IN_A_MONTH),
    ("strike", AHEAD_IN_STRIKES | SOUND_IN_STRIKES),
    ("expiry", AHEAD_IN_EXPIRIES),
    ("cross_section", SOUND_ACROSS),
)


@pytest.fixture(scope="module")
def audit(market: Lake, define: Callable[..., Catalogue]) -> Audit:
    catalogue = define()
    for grain, formulas in BY_GRAIN:
        define(catalogue, grain, **{name: (lambda formula=formula: formula) for name, formula in formulas.items()})
    return run_audit(metrics_subject("all", catalogue, catalogue.own), market, market.symbols(), random=4)


@pytest.fixture(scope="module")
def caught(audit: Audit) -> Collection[str]:
    return {column for check in audit.checks for column in check.changed}


@pytest.mark.parametrize("name", [*AHEAD, *AHEAD_IN_A_MONTH, *AHEAD_IN_STRIKES, *AHEAD_IN_EXPIRIES])
def test_what_looks_ahead_is_caught(name: str, caught: Collection[str]) -> None:
    assert name in caught


@pytest.mark.parametrize("name", [*SOUND, *SOUND_ACROSS, *SOUND_IN_STRIKES])
def test_what_does_not_is_not(name: str, caught: Collection[str]) -> None:
    assert name not in caught


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (0, "backward_fill"),
        (0, "is_the_last_day"),
        (1, "never_in_this_market"),
        (1, "where_tomorrow_is_below_zero"),
        (2, "open_interest_of_the_day_itself"),
    ],
)
def test_each_question_finds_what_is_its_to_find(check: int, name: str, audit: Audit) -> None:
    assert name in audit.checks[check].changed


def test_all_of_them_could_be_computed(audit: Audit) -> None:
    assert audit.silent == ()
    assert not any("Not computed" in check.detail for check in audit.checks)


def test_a_function_that_remembers_what_it_saw_is_caught(market: Lake, define: Callable[..., Catalogue]) -> None:
    """It answers from all that it was ever shown, so a later call could give it the future of an earlier one."""
    seen: dict[Any, float] = {}

    def highest_ever_seen(columns: Sequence[pl.Series]) -> pl.Series:
        seen.update(zip(columns[0].to_list(), columns[1].to_list(), strict=True))
        return pl.Series([max(seen.values())] * len(columns[0]), dtype=pl.Float64)

    catalogue = define(remembers=lambda: pl.map_batches([DATE, CLOSE], highest_ever_seen, return_dtype=pl.Float64))
    found = run_audit(metrics_subject("remembers", catalogue, ["remembers"]), market, market.symbols()[:1], random=2)
    assert not found.checks[0].ok


def test_random_values_are_reported_as_such(market: Lake, define: Callable[..., Catalogue]) -> None:
    dice = random.Random(5)  # noqa: S311

    def drawn(values: pl.Series) -> pl.Series:
        return pl.Series([dice.random() for _ in values], dtype=pl.Float64)

    catalogue = define(dicey=lambda: of_the_array(drawn))
    found = run_audit(metrics_subject("dicey", catalogue, ["dicey"]), market, market.symbols(), random=2)
    assert not found.ok
    assert "metric dicey changes from one computation to the next" in found.checks[0].detail
