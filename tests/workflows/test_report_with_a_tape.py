"""A flow report whose day has a trade tape: blocks with their side, and who crossed the spread in a contract."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.flow.report import FlowReport
from flowbt.lake import Lake
from flowbt.report.flow import flow_page
from flowbt.report.kit.text import page_text
from flowbt.schema import PRINTS, conform
from flowbt.workflows.flow_report import flow_report

TODAY, EXPIRATION = date(2026, 1, 5), date(2026, 1, 16)
Taped = Callable[..., FlowReport]


@pytest.fixture
def report(chain: Callable[..., pl.DataFrame], tmp_path: Path) -> Taped:
    """The report of a day on which 900 puts of 95 and 100 calls of 105 traded, with prints given as `side, size, price`."""

    def of(*fills: tuple[str | None, int, float], **columns: Any) -> FlowReport:
        lake = Lake(tmp_path / "lake")
        put = {"put_volume": 900, "put_last": 3.0, "put_open_interest": 300}
        call = {"call_volume": 100, "call_last": 1.0, "call_open_interest": 5_000}
        lake.write_strike_rows(chain({95: put, 105: call}, day=TODAY, expiration=EXPIRATION))
        shared = {
            "symbol": "AAA", "root": "AAA", "date": TODAY, "time": datetime(2026, 1, 5, 17, tzinfo=UTC), "strike": 95.0,
            "expiration": EXPIRATION, "option_type": "put", "multiplier": 100.0, "source": "test",
        } | columns  # fmt: skip
        rows = [shared | {"side": side, "size": size, "price": price} for side, size, price in fills]
        lake.write_prints(conform(pl.DataFrame(rows, infer_schema_length=None), PRINTS))
        return flow_report(lake, "AAA")

    return of


def test_blocks_are_told_with_their_side_the_largest_first(report: Taped) -> None:
    found = report(("ask", 700, 3.0), ("bid", 800, 3.0), ("ask", 10, 3.0))
    assert [(row.side, row.size, row.premium) for row in found.prints] == [
        ("bid", 800, 240_000.0),
        ("ask", 700, 210_000.0),
    ]
    text = " ".join(page_text(flow_page(found)).split())
    assert "Notable prints" in text
    assert (
        "Short-dated (11 days left), sold at the bid; 85.7% of the day's premium; volume 900 against open interest 300: at least "
        "600 contracts were opened (some may have been closed the same day); strike 5.0% below the spot." in text
    )


def test_a_contract_was_bought_where_most_of_its_tape_was_done_at_the_ask(report: Taped) -> None:
    sides = {row.option_type: row.side for row in report(("ask", 480, 3.0), ("bid", 300, 3.0)).notable}
    assert sides == {"put": "ask", "call": None}


def test_a_contract_done_on_both_sides_has_none(report: Taped) -> None:
    sides = {row.option_type: row.side for row in report(("ask", 400, 3.0), ("bid", 400, 3.0)).notable}
    assert sides["put"] is None


def test_a_tape_of_less_than_half_of_what_traded_says_nothing_of_the_day(report: Taped) -> None:
    sides = {row.option_type: row.side for row in report(("ask", 449, 3.0)).notable}
    assert sides["put"] is None


def test_without_blocks_there_are_contract_days(report: Taped) -> None:
    found = report(("ask", 10, 3.0))
    assert found.prints == ()
    assert "Notable contract days" in page_text(flow_page(found))


def test_a_block_of_a_contract_that_the_chain_does_not_list_is_told_without_its_day(report: Taped) -> None:
    (block,) = report(("ask", 900, 3.0), strike=80.0).prints
    assert (block.volume, block.opened_at_least) == (None, None)
    assert "did not trade" not in page_text(flow_page(report(("ask", 900, 3.0), strike=80.0)))
