"""Bringing files in from the command line: explained, set aside, mapped, compressed."""

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Run = Any
HEADER = "symbol,date,expiration,strike,option_type,last,volume"
GOOD = "AAA,2026-01-08,2026-01-16,{strike},call,1.5,10"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Forty good rows and one bad one."""
    path = tmp_path / "chain.csv"
    rows = [GOOD.format(strike=100 + n) for n in range(40)]
    path.write_text("\n".join([HEADER, *rows, "AAA,2026-01-08,2026-01-16,-1,call,x,1"]) + "\n")
    return path


def test_explain_shows_and_writes_nothing(run: Run, chain: Path, tmp_path: Path) -> None:
    said = run("ingest", "--explain", chain, "--lake", tmp_path / "lake")
    assert said.code == 0
    assert "is canonical: flowbt's own columns" in said.out
    assert "strike       <- strike" in said.out
    assert (
        "row 1 as it would be stored\n    symbol AAA, date 2026-01-08, root AAA, expiration 2026-01-16, strike 100"
        in said.out
    )
    assert not (tmp_path / "lake").exists()


def test_explain_of_a_file_that_nothing_knows(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("symbol,date,expiration,strike,side\nAAA,2026-01-08,2026-01-16,1,call\n")
    said = run("ingest", "--explain", path)
    assert said.code == 1
    assert "close to canonical, but for option_type" in said.out
    assert "refused: UNKNOWN_FORMAT" in said.out


def test_explain_as_json(run: Run, chain: Path) -> None:
    document = run("ingest", "canonical", "--explain", chain, "--json").document
    assert document["format"] == "canonical"
    assert document["rows"][0]["strike"] == 100


def test_the_quarantine_says_what_was_set_aside_and_why(run: Run, chain: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    assert "`flowbt quarantine` shows" in run("ingest", "canonical", chain, "--lake", lake).out
    said = run("quarantine", "--lake", lake)
    assert "1 rows in quarantine" in said.out
    assert f"{chain}, row 41: UNREADABLE_LAST" in said.out
    assert '"strike":"-1"' in said.out
    document = run("quarantine", "--lake", lake, "--json").document
    assert document["reasons"] == [{"file": str(chain), "reason": "UNREADABLE_LAST", "rows": 1}]
    assert run("quarantine", "--reason", "bad_strike", "--lake", lake, "--json").document["rows"] == 0
    assert run("quarantine", "--file", "chain.csv", "--lake", lake, "--json").document["rows"] == 1
    assert run("quarantine", "--out", tmp_path / "q.parquet", "--lake", lake).code == 0
    assert pl.read_parquet(tmp_path / "q.parquet")["reasons"].to_list() == ["UNREADABLE_LAST"]


def test_an_empty_quarantine(run: Run, tmp_path: Path) -> None:
    assert run("quarantine", "--lake", tmp_path / "lake").out == "no rows in quarantine\n"


def test_a_compressed_file_under_a_mapping_of_ones_own(run: Run, chain: Path, tmp_path: Path) -> None:
    text = chain.read_text().replace("option_type", "Kind").replace("volume", "Traded")
    (tmp_path / "chain.csv.gz").write_bytes(gzip.compress(text.encode()))
    columns = ("symbol", "date", "expiration", "strike", "last")
    mapping = tmp_path / "mine.toml"
    mapping.write_text(
        "[columns]\n"
        + "".join(f'{name} = "{name}"\n' for name in columns)
        + 'option_type = "Kind"\nvolume = "Traded"\n'
    )
    said = run("ingest", mapping, tmp_path / "chain.csv.gz", "--lake", tmp_path / "lake", "--json")
    assert said.document["files"][0] | {"warnings": {}} == {
        "path": str(tmp_path / "chain.csv.gz"),
        "status": "committed",
        "reason": None,
        "rows_in": 41,
        "committed": 40,
        "quarantined": 1,
        "duplicates": 0,
        "warnings": {},
        "format": "mine",
        "actions": 0,
        "set_aside": [
            {
                "reason": "UNREADABLE_LAST",
                "rows": 1,
                "row": 41,
                "column": "last",
                "cell": "x",
                "remedy": "if it means 'not known', declare empty = [\"x\"] in a mapping file",
            }
        ],
        "missing_columns": {},
        "starter_mapping": None,
    }


def test_corporate_actions(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "actions.csv"
    path.write_text("symbol,ex_date,type,ratio\nKLAC,2026-06-12,split,10:1\n")
    assert run("ingest", "actions", path, "--lake", tmp_path / "lake", "--json").document["totals"]["committed"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--expiration", "soon"), "'soon' is not a valid date"),
        (("--oi-lag", "2"), "less than or equal to 1"),
    ],
)
def test_options_that_make_no_sense(options: tuple[str, str], message: str, run: Run, chain: Path) -> None:
    said = run("ingest", "canonical", chain, *options)
    assert said.code == 2
    assert message in said.err


def test_a_row_set_aside_shows_its_cell_and_a_remedy(run: Run, chain: Path, tmp_path: Path) -> None:
    chain.write_text(chain.read_text().replace(",call,x,1", ",call,$5,1").replace("16,-1,", "16,99,"))
    said = run("ingest", "canonical", chain, "--lake", tmp_path / "lake")
    assert (
        f"set aside {chain}: 1 UNREADABLE_LAST, first in row 41, column 'last': '$5'; allow it with --repair currency"
        in said.out
    )
    assert (
        "row 41, column 'last': '$5'; allow it with --repair currency"
        in run("quarantine", "--lake", tmp_path / "lake").out
    )
    again = run("ingest", "canonical", chain, "--repair", "currency", "--lake", tmp_path / "lake2", "--json").document
    assert (again["totals"]["quarantined"], again["files"][0]["warnings"]["REPAIRED_CURRENCY"]) == (0, 1)


def test_a_starter_mapping_is_printed_once_for_files_of_one_kind(run: Run, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("Ticker,AsOf,Expiry,K,Kind,Vol\nIWM,2026-01-08,2026-01-16,255,C,5\n")
    said = run("ingest", "auto", tmp_path / "a.csv", tmp_path / "b.csv", "--lake", tmp_path / "lake")
    assert said.code == 1
    assert said.out.count('strike = "k"  # as in 255') == 1
    (tmp_path / "mine.toml").write_text(said.out[said.out.index("# Starter") : said.out.index("2 files:")])
    assert run("ingest", tmp_path / "mine.toml", tmp_path / "a.csv", "--lake", tmp_path / "lake").code == 0
    assert 'strike = "k"' in run("ingest", "--explain", tmp_path / "a.csv").out


def test_a_missing_column_is_named(run: Run, tmp_path: Path) -> None:
    cells = {
        "underlying": "SPX",
        "underlying_last": "6900",
        "optionroot": "SPXW260116C06900000",
        "type": "call",
        "expiration": "1/16/2026",
    }
    cells |= {"quotedate": "1/8/2026", "strike": "6900", "last": "5", "bid": "5", "ask": "5", "volume": "9"}
    cells |= {"impliedvol": "0.2", "delta": "0.5", "gamma": "0.1"}
    path = tmp_path / "day.csv"
    path.write_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    said = run("ingest", "cboe-daily-csv", path, "--lake", tmp_path / "lake")
    assert f"missing   {path}: no column openinterest (open_interest), which cboe-daily-csv files have" in said.out
    assert "1 MISSING_COLUMN" in said.out


def test_the_last_of_several_snapshots(run: Run, chain: Path, tmp_path: Path) -> None:
    rows = [HEADER, GOOD.format(strike=100), GOOD.format(strike=100).replace("1.5", "1.6")]
    chain.write_text("\n".join(rows) + "\n")
    refused = run("ingest", "canonical", chain, "--lake", tmp_path / "lake")
    assert (refused.code, "--take last" in refused.out) == (1, True)
    taken = run("ingest", "canonical", chain, "--take", "last", "--lake", tmp_path / "lake", "--json").document
    assert taken["totals"] | {"files": 0} == {
        "files": 0, "rejected": 0, "rows_in": 2, "committed": 1, "quarantined": 0, "duplicates": 1, "actions": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--take", "latest"), "unknown value of --take 'latest'"),
        (("--repair", "comma"), "unknown value of --repair 'comma'"),
        (("--exchange", "XXXX"), "exchange 'XXXX'"),
        (("--date-format", "%H"), "'%H' is not a valid date format"),
    ],
)
def test_values_that_an_option_does_not_have(
    option: tuple[str, str], message: str, run: Run, chain: Path, tmp_path: Path
) -> None:
    said = run("ingest", "canonical", chain, *option, "--lake", tmp_path / "lake")
    assert (said.code, message in said.err) == (2, True)


def test_a_symbol_with_prices_alone_says_so(run: Run, chain: Path, tmp_path: Path) -> None:
    prices = tmp_path / "GSPC.csv"
    prices.write_text("date,open,high,low,close\n2026-01-08,1,2,1,2\n")
    lake = tmp_path / "lake"
    run("ingest", "ohlcv", prices, "--lake", lake)
    assert "GSPC has price bars but no option chains" in run("metrics", "GSPC", "--select", "spot", "--lake", lake).err
    run("ingest", "canonical", chain, "--lake", lake)
    said = run("verdict", "GSPC", "--lake", lake)
    assert (said.code, "use a symbol that has chains: AAA" in said.err) == (2, True)


def test_a_file_that_has_a_part_of_its_day_with_other_values(run: Run, tmp_path: Path) -> None:
    """Refused with both remedies, and each of them does what it says."""
    lake, row = tmp_path / "lake", "AAA,2026-01-08,2026-01-16,{},call,{},10"
    for name, rows in {"day.csv": [(100, 1.5), (105, 1.5)], "part.csv": [(100, 2.5)]}.items():
        (tmp_path / name).write_text("\n".join([HEADER, *(row.format(*cells) for cells in rows)]) + "\n")
    run("ingest", "canonical", tmp_path / "day.csv", "--lake", lake)
    part = ("ingest", "canonical", tmp_path / "part.csv", "--lake", lake)
    refused = run(*part)
    assert refused.code == 1
    assert "DAY_DIFFERS" in refused.out
    assert "--replace" in refused.out
    both = run(*part, "--replace", "--update")
    assert both.code == 2
    assert "give only one of them" in both.err
    assert "1 RESTATED" in run(*part, "--update").out
    assert run("status", "--json", "--lake", lake).document["chains"][0]["contracts"] == 2
    assert "1 DROPPED" in run(*part, "--replace").out
    assert run("status", "--json", "--lake", lake).document["chains"][0]["contracts"] == 1
