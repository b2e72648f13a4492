"""unusual-whales: the vendor's tape, its contract symbols, sides, times and cancellations."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]
Taped = Callable[[], pl.DataFrame]
Take = Callable[..., FileOutcome]

HEADER = (
    "executed_at,underlying_symbol,option_chain_id,side,strike,option_type,expiry,underlying_price,nbbo_bid,nbbo_ask,"
    "ewma_nbbo_bid,ewma_nbbo_ask,price,size,premium,volume,open_interest,implied_volatility,delta,theta,gamma,vega,rho,"
    "theo,sector,exchange,report_flags,canceled,upstream_condition_detail,equity_type"
)
ROW = dict.fromkeys(HEADER.split(","), "") | {
    "executed_at": "2026-01-08 14:30:00.00714+00",
    "underlying_symbol": "AAA",
    "option_chain_id": "AAA260116P00102500",
    "side": "ask",
    "strike": "102.500",
    "option_type": "put",
    "expiry": "2026-01-16",
    "underlying_price": "101.25",
    "nbbo_bid": "1.40",
    "nbbo_ask": "1.50",
    "price": "1.5",
    "size": "12",
    "premium": "1800.00",
    "volume": "400",
    "open_interest": "900",
    "implied_volatility": "0.25",
    "delta": "-0.55",
    "exchange": "XCBO",
    "report_flags": "{}",
    "canceled": "f",
    "upstream_condition_detail": "auto",
    "equity_type": "ETF",
}


@pytest.fixture
def take(canonical: Write, outcome: Outcome) -> Take:
    """Bring one row with these cells in."""
    return lambda **cells: outcome(canonical(ROW | cells, name="tape.csv"), format_name="unusual-whales")


def test_a_row_of_the_vendors(take: Take, taped: Taped) -> None:
    assert take().committed == 1
    assert taped().row(0, named=True) == {
        "symbol": "AAA",
        "date": date(2026, 1, 8),
        "time": datetime(2026, 1, 8, 14, 30, 0, 7140, UTC),
        "root": "AAA",
        "expiration": date(2026, 1, 16),
        "strike": 102.5,
        "option_type": "put",
        "price": 1.5,
        "size": 12,
        "side": "ask",
        "bid": 1.4,
        "ask": 1.5,
        "underlying_price": 101.25,
        "exchange": "XCBO",
        "order": None,
        "multiplier": 100.0,
        "iv": 0.25,
        "delta": -0.55,
        "source": "unusual-whales",
    }


@pytest.mark.parametrize("empty", [("expiry",), ("strike",), ("option_type",), ("expiry", "strike", "option_type")])
def test_the_contracts_symbol_says_what_is_empty(empty: Sequence[str], take: Take, taped: Taped) -> None:
    take(**dict.fromkeys(empty, ""))
    found = taped().select("expiration", "strike", "option_type").rows()
    assert found == [(date(2026, 1, 16), 102.5, "put")]


def test_the_root_is_that_of_the_contract(take: Take, taped: Taped) -> None:
    take(option_chain_id="AAAW260116P00102500")
    assert taped().select("symbol", "root").rows() == [("AAA", "AAAW")]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-08 14:30:00+00",
        "2026-01-08 14:30:00.000+00",
        "2026-01-08T14:30:00Z",
        "2026-01-08 14:30:00",
        "2026-01-08 09:30:00-05",
    ],
)
def test_times(cell: str, take: Take, taped: Taped) -> None:
    take(executed_at=cell)
    assert taped()["time"].to_list() == [datetime(2026, 1, 8, 14, 30, tzinfo=UTC)]


def test_times_with_and_without_fractions_in_one_tape(canonical: Write, outcome: Outcome, taped: Taped) -> None:
    cells = ("2026-01-08 14:30:00+00", "2026-01-08 14:30:00.5+00", "2026-01-08 14:30:00.123456+00")
    outcome(canonical(*(ROW | {"executed_at": cell} for cell in cells)), format_name="unusual-whales")
    assert taped()["time"].dt.microsecond().to_list() == [0, 123_456, 500_000]


@pytest.mark.parametrize(
    ("cell", "side"), [("ask", "ask"), ("bid", "bid"), ("mid", "mid"), ("no_side", None), ("", "ask")]
)
def test_sides(cell: str, side: str | None, take: Take, taped: Taped) -> None:
    take(side=cell)
    assert taped()["side"].to_list() == [side]


@pytest.mark.parametrize("word", ["t", "true", "True"])
def test_canceled(word: str, take: Take, quarantine: Callable[[], Sequence[str]], taped: Taped) -> None:
    found = take(canceled=word)
    assert (found.rows_in, found.quarantined, quarantine(), taped().height) == (1, 1, ["CANCELED"], 0)


@pytest.mark.parametrize("column", ["implied_volatility", "nbbo_ask", "underlying_price"])
def test_zeros_that_mean_not_known(column: str, take: Take, taped: Taped) -> None:
    take(**{column: "0"})
    ours = {"implied_volatility": "iv", "nbbo_ask": "ask"}.get(column, column)
    assert taped()[ours].to_list() == [None]


def test_a_bid_of_zero_is_one(take: Take, taped: Taped) -> None:
    take(nbbo_bid="0")
    assert taped()["bid"].to_list() == [0.0]


def test_flags_with_commas(take: Take, taped: Taped) -> None:
    take(report_flags="{intermarket_sweep,late}")
    assert taped().height == 1


@pytest.mark.parametrize(("ids", "kept"), [(("a", "a"), 1), (("a", "b"), 2), (("", ""), 2)])
def test_a_column_id_tells_copies_from_executions(
    ids: Sequence[str], kept: int, canonical: Write, outcome: Outcome, taped: Taped
) -> None:
    found = outcome(canonical(*(ROW | {"id": name} for name in ids)), format_name="unusual-whales")
    assert (found.committed, found.duplicates, taped().height) == (kept, 2 - kept, kept)


@pytest.mark.parametrize(
    "missing", ["executed_at", "underlying_symbol", "option_chain_id", "price", "size", "canceled"]
)
def test_a_column_that_must_be_there(missing: str, canonical: Write, refusal: Callable[..., str]) -> None:
    row = {name: cell for name, cell in ROW.items() if name != missing}
    assert refusal(canonical(row), format_name="unusual-whales") == "MISSING_COLUMN"


def test_parquet_in_the_vendors_own_types(tmp_path: Path, outcome: Outcome, taped: Taped) -> None:
    typed = ROW | {
        "executed_at": datetime(2026, 1, 8, 14, 30, tzinfo=UTC),
        "expiry": date(2026, 1, 16),
        "canceled": False,
        "report_flags": ["sweep"],
    } | {"strike": 102.5, "price": 1.5, "size": 12, "nbbo_bid": 1.4, "nbbo_ask": 1.5, "underlying_price": 101.25}  # fmt: skip
    path = tmp_path / "tape.parquet"
    pl.DataFrame([typed, typed | {"canceled": True}]).write_parquet(path)
    found = outcome(str(path), format_name="auto")
    assert (found.committed, found.quarantined) == (1, 1)
    assert taped().select("time", "expiration", "size").row(0) == (typed["executed_at"], typed["expiry"], 12)


def test_its_header_is_recognised(vendor_file: Write, format_of: Callable[..., str]) -> None:
    assert format_of(Path(vendor_file("tape.csv", HEADER + "\n"))) == "unusual-whales"
