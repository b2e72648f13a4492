"""The results of checks in words."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from flowbt.audit import CheckResult, Subject, metrics_subject, run_audit, signal_subject, strategy_subject
from flowbt.audit.findings import root_causes, value_text
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, collecting, metric
from flowbt.signals import FlowVerdict
from flowbt.strategy import Plan, Strategy, stop_order

RATIO = pl.col("put_call_volume_ratio")


class ByFear(Strategy):
    """Short on fear."""

    def plan(self) -> Plan:
        return Plan(
            when=pl.col("fear") > pl.col("fear(days=3)"),
            side="short",
            entry=stop_order(at=pl.col("low")),
            target=pl.col("close").shift(-1),
            exit_after=1,
        )


@pytest.fixture(scope="module")
def catalogue(define: Callable[..., Catalogue]) -> Catalogue:
    """`fear` looks as many days ahead as it is told, by default none; `calm` is made of it."""
    catalogue = define(calm=lambda: 1 / pl.col("fear(days=3)"))

    def fear(days: int = 0) -> pl.Expr:
        """Fear."""
        return RATIO.shift(-days)

    with collecting(catalogue):
        metric(grain="history", unit="1")(fear)
    return catalogue


@pytest.fixture(scope="module")
def subject(catalogue: Catalogue) -> Subject:
    return strategy_subject(ByFear(), catalogue, ["calm"])


def test_a_strategy_is_its_plan_and_the_metrics_that_it_is_made_of_as_it_reads_them(subject: Subject) -> None:
    assert set(subject.columns) == {"when", "side", "entry_level", "target"}
    assert set(subject.metrics) == {"calm()", "fear()", "fear(days=3)"}
    assert subject.made_of("when") == {"fear()", "fear(days=3)"}


def test_what_is_made_of_what_sees_the_future_is_not_the_cause(subject: Subject) -> None:
    assert root_causes(subject, ["when", "calm()", "target", "fear(days=3)"]) == ["fear(days=3)", "target"]


@pytest.fixture(scope="module")
def found(subject: Subject, market: Lake) -> CheckResult:
    return run_audit(subject, market, market.symbols(), random=2, changes=2).checks[0]


def test_the_metric_is_named_and_the_first_date_that_changed(found: CheckResult, market: Lake) -> None:
    first = market.snapshots()["date"].min()
    assert isinstance(first, date)
    change = found.first_change
    assert change is not None
    assert (change.column, change.metric, change.date, change.became) == ("fear(days=3)", "fear(days=3)", first, None)
    assert found.detail.startswith(f"metric fear(days=3) uses future data: on {first} it was ")
    assert f"without the data after {first} it is null (44 of 44 cuts show it)." in found.detail
    assert "So does target of the plan." in found.detail
    assert "calm and when are computed from it" in found.detail or "when and calm are computed from it" in found.detail


def test_all_that_changed_is_listed(found: CheckResult) -> None:
    assert set(found.changed) == {"fear(days=3)", "calm", "when", "target"}


def test_several_signals_bear_their_names(define: Callable[..., Catalogue]) -> None:
    subject = signal_subject(FlowVerdict(), FlowVerdict(lookback=30), catalogue=define())
    assert set(subject.columns) == {"flow_verdict.score", "flow_verdict.verdict"}
    assert subject.decided_by == ("flow_verdict.verdict",)


def test_what_says_nothing_cannot_be_judged(market: Lake, define: Callable[..., Catalogue]) -> None:
    catalogue = define(silent=lambda: RATIO.rolling_mean(2_000))
    with pytest.raises(FlowbtError, match="silent of mute has no value on any session of SYN000"):
        run_audit(metrics_subject("mute", catalogue, ["silent"]), market, ["SYN000"])


def test_too_few_sessions_cannot_be_cut(market: Lake, define: Callable[..., Catalogue]) -> None:
    days = market.snapshots()["date"].unique().sort()
    with pytest.raises(FlowbtError, match=r"3 sessions of SYN000 .* at least 5 are needed"):
        run_audit(metrics_subject("gex", define(), ["gex"]), market, ["SYN000"], first=days[-3])


def test_what_fails_on_any_other_history_cannot_be_judged(market: Lake, define: Callable[..., Catalogue]) -> None:
    def only_whole(values: pl.Series) -> pl.Series:
        if len(values) < market.snapshots()["date"].n_unique():
            raise ValueError("too short for me")
        return values

    catalogue = define(picky=lambda: RATIO.map_batches(only_whole, return_dtype=pl.Float64))
    with pytest.raises(FlowbtError, match=r"picky cannot be checked .*too short for me"):
        run_audit(metrics_subject("picky", catalogue, ["picky"]), market, ["SYN000"], random=2)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (0.1 + 0.2, "0.30000000000000004"), (3, "3"), (date(2026, 1, 5), "2026-01-05"), (True, "True")],
)
def test_values_are_written_in_full(value: object, text: str) -> None:
    assert value_text(value) == text


def test_the_first_change_is_among_the_keys_of_a_check(found: CheckResult) -> None:
    """A value that became null stays in the document, as null."""
    document = found.document()
    assert list(document) == [
        "name", "ok", "detail", "column", "metric", "symbol", "date", "was", "became", "cut", "changed"
    ]  # fmt: skip
    assert document["became"] is None
    assert list(CheckResult("two_clocks", ok=True, detail="").document()) == ["name", "ok", "detail", "changed"]
