"""How much history it takes: windows of known length."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt.audit import metrics_subject, run_audit
from flowbt.audit.findings import CheckResult
from flowbt.audit.replay import Replay
from flowbt.audit.warm_up import WarmUp, warm_ups
from flowbt.lake import Lake
from flowbt.metrics import Catalogue

RATIO = pl.col("put_call_volume_ratio")
WINDOWS = {
    "today": (RATIO, 0),
    "five": (RATIO.rolling_mean(5), 4),
    "two_in_three": (RATIO.rolling_mean(3).shift(1) - RATIO.rolling_mean(2), 3),
    "seen_before_it_is_full": (RATIO.rolling_mean(8, min_samples=2), 7),
}
ENDLESS = {"running": RATIO.cum_sum(), "first": RATIO / RATIO.first(), "fading": RATIO.ewm_mean(span=30)}


@pytest.fixture(scope="module")
def catalogue(define: Callable[..., Catalogue]) -> Catalogue:
    formulas = {name: formula for name, (formula, _) in WINDOWS.items()} | ENDLESS
    return define(**{name: (lambda formula=formula: formula) for name, formula in formulas.items()})


@pytest.fixture(scope="module")
def measured(catalogue: Catalogue, market: Lake) -> dict[str, WarmUp]:
    replay = Replay(metrics_subject("all", catalogue, catalogue.own), "snapshot", market, "close")
    days = market.snapshots()["date"].unique().sort().to_list()
    return {warm_up.column.removesuffix("()"): warm_up for warm_up in warm_ups(replay, days)}


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_takes_its_length(name: str, measured: dict[str, WarmUp]) -> None:
    assert (measured[name].sessions, measured[name].is_settled) == (WINDOWS[name][1], True)


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_forgets_never_settles(name: str, measured: dict[str, WarmUp]) -> None:
    assert not measured[name].is_settled
    assert measured[name].sessions == measured[name].of


def start(catalogue: Catalogue, market: Lake, name: str, declared: int | None) -> CheckResult:
    found = run_audit(
        metrics_subject(name, catalogue, [name]), market, market.symbols()[:1], warm_up=declared, random=1
    )
    return found.checks[3]


@pytest.mark.parametrize(
    ("name", "declared", "ok"),
    [("five", None, True), ("five", 4, True), ("five", 3, False), ("running", None, True), ("running", 20, False)],
)
def test_only_what_was_declared_is_judged(
    name: str, declared: int | None, ok: bool, catalogue: Catalogue, market: Lake
) -> None:
    assert start(catalogue, market, name, declared).ok is ok


def test_an_expanding_window_is_told_and_is_no_look_ahead(catalogue: Catalogue, market: Lake) -> None:
    said = start(catalogue, market, "running", None).detail
    assert "running had not settled by the end of the" in said
    assert "This is not look-ahead" in said
