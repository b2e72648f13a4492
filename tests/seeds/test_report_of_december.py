"""The flow report that flowbt writes on IWM of 2025-12-29, beside the options signal published."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.seeds import december
from tests.seeds.december import DAY

from flowbt.flow.excluded_flow import RefusedCitation, RejectedPrint
from flowbt.flow.report import FlowReport
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import ingest_files
from flowbt.report.flow import flow_page
from flowbt.report.kit.text import page_text
from flowbt.workflows.flow_report import flow_report

BLOCK = "IWM20250919C220"


@pytest.fixture(scope="module")
def report(december_lake: Lake) -> FlowReport:
    return flow_report(december_lake, "IWM", DAY, levels={"30D support": 250.34}, contracts=[BLOCK])


@pytest.fixture(scope="module")
def text(report: FlowReport) -> str:
    return " ".join(page_text(flow_page(report)).split())


@pytest.fixture(scope="module")
def levels(report: FlowReport) -> dict[str, tuple[str, str | None]]:
    return {row.level: (f"{row.price:.2f}", row.label) for row in report.levels.labelled}


PRINTED = {
    "the price and its fall": "Spot $249.80 (the source gives no time); close $249.80 (−0.64% on the day)",
    "P/C open interest": "P/C OI ratio 2.18",
    "call peaks": "Call OI peaks $255C (10,000), $266C (8,401)",
    "put peaks": "Put OI peaks $240P (7,739), $235P (7,321), $245P (5,682)",
    "contention and what lies above": "Contention $255, next call peak $266",
}


@pytest.mark.parametrize("what", PRINTED)
def test_the_report_says(what: str, text: str) -> None:
    assert PRINTED[what] in text


@pytest.mark.parametrize(
    ("level", "price", "label"),
    [
        ("SMA 30", "246.33", "support"),
        ("SMA 200", "224.02", "support"),
        ("Bollinger lower", "244.92", "support"),
        ("Bollinger middle", "250.94", "resistance"),
        ("Bollinger upper", "256.96", "resistance"),
        ("S1 fibonacci, today", "249.73", "support"),
        ("R1 fibonacci, today", "252.08", "resistance"),
        ("low of the day", "249.35", "support"),
        ("30D support", "250.34", "resistance"),
    ],
)
def test_level_by_its_position(level: str, price: str, label: str, levels: dict[str, tuple[str, str | None]]) -> None:
    assert levels[level] == (price, label)


@pytest.mark.parametrize(
    ("idea", "entry", "target", "stop"),
    [
        ("option play", 250.94, 266.0, 249.35),
        ("protective put", 249.80, 256.96, 245.0),
        ("stock play", 249.73, 256.96, 249.35),
    ],
)
def test_idea(idea: str, entry: float, target: float, stop: float, report: FlowReport) -> None:
    found = next(row for row in report.trade_ideas if row.idea == idea)
    assert found.active
    assert [round(level or 0, 2) for level in (found.entry, found.target, found.stop)] == [entry, target, stop]
    assert found.horizon == 3


def test_the_options_of_the_ideas_with_their_quotes(report: FlowReport) -> None:
    options = {row.idea: row.option for row in report.trade_ideas if row.option}
    assert options["option play"].contract == "IWM260102C00255000"
    assert options["protective put"].contract == "IWM260102P00245000"
    assert options["protective put"].open_interest == 5_682
    row = december.chain().filter(pl.col("expiration") == december.FRIDAY, pl.col("strike") == 255)
    assert options["option play"].cost == pytest.approx(100 * row["call_ask"].item())


def test_a_single_day_has_no_verdict(report: FlowReport) -> None:
    assert report.verdict is None
    assert report.reasons == ("too little history: 1 session in the lake, 21 needed",)


def test_the_cited_block_had_expired(report: FlowReport) -> None:
    refused = next(row for row in report.noise if isinstance(row, RefusedCitation))
    assert refused.what == f"Cited contract {BLOCK}"
    assert refused.why.startswith("Its last trading day was 2025-09-19")


def test_the_block_of_a_tape_had_expired(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.write_strike_rows(december.chain())
    tape = tmp_path / "tape.csv"
    pl.DataFrame(
        {
            "symbol": ["IWM"],
            "time": [datetime(2025, 12, 29, 15, tzinfo=UTC).isoformat()],
            "expiration": ["2025-09-19"],
            "strike": [220.0],
            "option_type": ["call"],
            "price": [32.0],
            "size": [40_000],
            "side": ["ask"],
        }
    ).write_csv(tape)
    ingest_files(lake, "prints", [str(tape)], max_quarantine=1.0)
    report = flow_report(lake, "IWM")
    assert report.prints == ()
    rejected = next(row for row in report.noise if isinstance(row, RejectedPrint))
    assert rejected.what == "Print of 40,000 IWM250919C00220000 bought at the ask: $128.0M"
    assert "had expired on 2025-09-19" in rejected.why
