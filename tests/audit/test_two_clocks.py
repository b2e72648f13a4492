"""What reads open interest before it is published is caught, by whatever way it comes to it."""

from collections.abc import Collection
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.audit import metrics_subject, run_audit
from flowbt.audit.findings import CheckResult
from flowbt.lake import Lake
from flowbt.metrics import SHIPPED
from flowbt.metrics.engine import point_in_time as view
from flowbt.metrics.engine.resolve import OPENING


def clocks(market: Lake, *metrics: str) -> CheckResult:
    subject = metrics_subject("of open interest", SHIPPED, metrics)
    found = run_audit(subject, market, market.symbols(), random=1)
    return next(check for check in found.checks if check.name == "two_clocks")


def as_stored(
    rows: pl.DataFrame, _decision: str, _columns: Any, opening: Collection[str], _beside: Any
) -> pl.DataFrame:
    """The open interest of each row, whenever that was published."""
    return rows.with_columns(pl.col(name).alias(name + OPENING) for name in opening)


def test_an_engine_without_a_clock_is_caught(market: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "with_open_interest_known", as_stored)
    found = clocks(market, "put_call_oi_ratio", "call_volume_oi_ratio", "call_oi_change")
    assert not found.ok
    assert set(found.changed) == {"put_call_oi_ratio", "call_volume_oi_ratio", "call_oi_change"}
    assert found.first_change is not None
    assert isinstance(found.first_change.date, date)
    assert "published after the decision" in found.detail


def test_the_engine_as_it_is_passes(market: Lake) -> None:
    assert clocks(market, "put_call_oi_ratio", "call_volume_oi_ratio", "call_oi_change").ok


def test_what_reads_none_is_not_asked(market: Lake) -> None:
    assert clocks(market, "net_premium_otm").detail == "It reads no open interest."
