"""The vendors' own files: what becomes of each, every row of it counted again without flowbt, and cells read off it by eye."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.stats import norm
from tests.real.conftest import ORDINARY

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.oi_lag import detect_oi_lag
from flowbt.lake.vendors import ReadOptions
from flowbt.schema import STRIKE_ROWS, to_contract_rows

EVER = (date(1970, 1, 1), date(2199, 12, 31))


@dataclass(frozen=True)
class Real:
    """A file, and what must become of it."""

    path: str
    format: str
    sides: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    above: int = 1
    warnings: frozenset[str] = frozenset()

    def rows(self, folder: Path) -> int:
        """Contract rows in it, as the csv module counts them."""
        path = folder / self.path
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = csv.reader(data.decode().splitlines())
        return self.sides * (sum(any(cell.strip() for cell in row) for row in rows) - self.above)


NO_GREEKS = frozenset({"ALL_ZERO_GAMMA", "ALL_ZERO_THETA", "ALL_ZERO_VEGA"})
"""Files whose greeks are 0 in every row: the source computed none."""

FILES = [
    Real("cboe_datashop_VIX.csv", "cboe-datashop"),
    Real("cboe_datashop_calcs_SPX.csv", "cboe-datashop", warnings=frozenset({"MISSING_COLUMN"})),  # vwap, delivery_code
    Real("cboe_spy_quotedata_2023.csv", "cboe-quotedata", sides=2, above=3),
    Real("cboe_xsp_quotedata_2023.csv", "cboe-quotedata", sides=2, above=3),
    Real("delta_neutral_A.csv", "delta-neutral"),
    Real("historicaloptiondata_SPXW_2018.csv.gz", "historicaloptiondata", warnings=NO_GREEKS),
    Real("historicaloptiondata_VXX_2016-12.csv", "historicaloptiondata"),
    Real("ivolatility_aapl_sample_ivolatility.csv", "ivolatility"),
    Real("orats_IWM_one_row.csv", "orats", sides=2, warnings=frozenset({"CROSSED_QUOTE"})),
    Real("yfinance_SPY.csv", "yfinance", options={"date": date(2026, 2, 11)}),
    Real(
        "wide_undated_NVDA-2026-02-11.csv",
        "calls-puts-csv",
        sides=2,
        options={"symbol": "NVDA", "date": date(2026, 2, 11), "expiration": date(2026, 2, 20)},
        warnings=frozenset({"MISSING_UNDERLYING", "REPAIRED_THOUSANDS"}),
    ),
    *(
        Real(
            f"lean/{day}.csv", "lean", options={"symbol": "SPY"}, above=2, warnings=NO_GREEKS
        )  # the underlying's row is no contract
        for day in (20231228, 20231229, 20240102, 20240103, 20240104, 20240105, 20240108, 20240109)
    ),
]


@pytest.fixture(scope="module")
def formats(shared_data: Path) -> Path:
    return shared_data / "formats"


def brought_in(lake: Lake, format_name: str, path: Path, **options: Any) -> FileOutcome:
    return ingest_files(lake, format_name, [str(path)], options=ReadOptions(**options)).files[0]


def contracts(lake: Lake) -> pl.DataFrame:
    return to_contract_rows(lake.strike_rows(STRIKE_ROWS, lake.symbols(), *EVER))


@pytest.fixture(scope="module")
def kept(formats: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Lake, FileOutcome]]:
    """A file in a lake of its own, and what became of it; brought in once."""

    @cache
    def bring(path: str) -> tuple[Lake, FileOutcome]:
        [real] = [real for real in FILES if real.path == path]
        lake = Lake(tmp_path_factory.mktemp("lake"))
        return lake, brought_in(lake, "auto", formats / path, **real.options)

    return bring


@pytest.fixture(scope="module")
def rows_of(kept: Callable[[str], tuple[Lake, FileOutcome]]) -> Callable[[str], pl.DataFrame]:
    """The contract rows that a file gives."""
    return lambda path: contracts(kept(path)[0])


def cells(rows: pl.DataFrame, strike: float, option_type: str, *names: str, **where: Any) -> tuple[Any, ...]:
    return rows.filter(strike=strike, option_type=option_type, **where).select(names).row(0)


@pytest.mark.parametrize("real", FILES, ids=lambda real: str(real.path))
def test_every_row_is_committed(real: Real, formats: Path, kept: Callable[[str], tuple[Lake, FileOutcome]]) -> None:
    _, found = kept(real.path)
    assert (found.status, found.format, found.reason) == ("committed", real.format, None)
    assert (found.committed, found.quarantined, found.duplicates) == (real.rows(formats), 0, 0)
    assert set(found.warnings) <= ORDINARY | real.warnings


def test_all_files_are_looked_at(formats: Path) -> None:
    lying = {path.relative_to(formats).as_posix() for path in formats.rglob("*") if path.is_file()}
    assert {path for path in lying if not path.startswith("mstr/")} - {real.path for real in FILES} == {
        "deribit_btc_option_data_2021.csv",
        "lean/aapl_2014_openinterest_american.zip",
    }


@pytest.mark.parametrize(
    ("path", "options", "reason"),
    [
        ("deribit_btc_option_data_2021.csv", {}, "NOT_SUPPORTED: book summaries of Deribit"),
        ("wide_undated_NVDA-2026-02-11.csv", {}, "NO_SYMBOL"),
        ("wide_undated_NVDA-2026-02-11.csv", {"symbol": "NVDA", "date": date(2026, 2, 11)}, "NO_EXPIRATION"),
        ("yfinance_SPY.csv", {}, "NO_DATE"),
        ("lean/20231228.csv", {}, "NO_SYMBOL"),
        ("lean/aapl_2014_openinterest_american.zip", {}, "TOO_MANY_MEMBERS: a zip archive of 2,448 files"),
    ],
)
def test_others_are_refused_with_the_reason(
    path: str, options: dict[str, Any], reason: str, formats: Path, tmp_path: Path
) -> None:
    found = brought_in(Lake(tmp_path / "lake"), "auto", formats / path, **options)
    assert found.status == "rejected"
    assert str(found.reason).startswith(reason)


@pytest.mark.parametrize("day", ["2026-06-01", "2026-06-05"])
def test_chains_of_a_script_around_yfinance(day: str, formats: Path, tmp_path: Path) -> None:
    path = formats / "mstr" / f"{day}-MSTR.json"
    document = json.loads(path.read_text())
    listed = [row for expiry in document["chains"].values() for side in ("calls", "puts") for row in expiry[side]]
    found = brought_in(lake := Lake(tmp_path / "lake"), "auto", path)
    assert (found.format, found.rows_in, found.committed) == ("calls-puts-json", len(listed), len(listed))
    assert set(found.warnings) <= ORDINARY
    rows = contracts(lake)
    assert rows.select("symbol", "date", "underlying_price", "oi_lag").unique().rows() == [
        ("MSTR", date.fromisoformat(day), document["spot"], 1)
    ]
    assert rows["open_interest"].sum() == sum(row["openInterest"] for row in listed)
    assert rows["iv"].is_not_null().sum() == sum(1e-4 < row["iv"] < 5 for row in listed)
    assert rows.filter(pl.col("iv").is_null())["delta"].is_null().all()


def test_datashop_reads_1545(rows_of: Callable[[str], pl.DataFrame]) -> None:
    rows = rows_of("cboe_datashop_VIX.csv")
    names = ("symbol", "bid", "ask", "open_interest", "underlying_price", "quote_time")
    at = datetime(2016, 6, 1, 19, 45, tzinfo=UTC)
    assert cells(rows, 70, "put", *names, expiration=date(2016, 11, 16)) == ("VIX", 50.1, 50.3, 35, 14.575, at)


def test_quotedata_reads_what_stands_above_the_table(rows_of: Callable[[str], pl.DataFrame]) -> None:
    rows = rows_of("cboe_spy_quotedata_2023.csv")
    names = ("symbol", "date", "last", "bid", "ask", "open_interest", "iv", "delta", "underlying_price", "quote_time")
    at = datetime(2023, 9, 14, 20, 31, tzinfo=UTC)
    head = ("SPY", date(2023, 9, 14))
    assert cells(rows, 670, "put", *names, expiration=date(2026, 1, 16)) == (
        *(*head, 224.0, 218.0, 223.0, 4, 0.2698, -0.9999, 450.81, at),
    )
    assert cells(rows, 360, "call", *names, expiration=date(2023, 9, 14)) == (
        *(*head, 90.42, 90.7, 90.86, 3, None, None, 450.81, at),
    )


def test_delta_neutral_never_gives_the_next_days_open_interest(
    rows_of: Callable[[str], pl.DataFrame], formats: Path
) -> None:
    with (formats / "delta_neutral_A.csv").open() as file:
        said = {row["OptionSymbol"]: row for row in csv.DictReader(file, skipinitialspace=True)}
    given = Counter(int(row["OpenInterest"]) for row in said.values())
    ahead = Counter(int(row["T1OpenInterest"]) for row in said.values())
    assert Counter(rows_of("delta_neutral_A.csv")["open_interest"].to_list()) == given != ahead
    # what changed overnight was traded on the day itself
    assert all(
        abs(int(row["OpenInterest"]) - int(row["T1OpenInterest"])) <= int(row["Volume"]) for row in said.values()
    )


def test_orats_puts_have_a_delta_of_their_own(rows_of: Callable[[str], pl.DataFrame]) -> None:
    rows = rows_of("orats_IWM_one_row.csv")
    assert cells(rows, 203, "call", "bid", "ask", "volume", "open_interest") == (5.8, 8.9, 150, 28206)
    assert cells(rows, 203, "put", "bid", "ask", "volume", "open_interest") == (15.55, 10.7, 7, 18438)
    assert rows["delta"].to_list() == pytest.approx([0.3816126, 0.3816126 - 1])
    assert rows["quote_time"].unique().to_list() == [datetime(2022, 6, 8, 13, 59, 50, tzinfo=UTC)]


def test_yfinance_knows_no_volatility_of_a_hundred_thousandth(rows_of: Callable[[str], pl.DataFrame]) -> None:
    rows = rows_of("yfinance_SPY.csv")
    assert rows["iv"].null_count() == 133
    assert cells(rows, 500, "call", "last", "bid", "ask", "open_interest", expiration=date(2026, 2, 11)) == (
        *(192.08, 191.32, 193.87, 2),
    )


def test_lean_takes_the_underlyings_close(rows_of: Callable[[str], pl.DataFrame]) -> None:
    rows = rows_of("lean/20231228.csv")
    assert rows["underlying_price"].unique().to_list() == [476.69]
    assert cells(rows, 270, "call", "last", "volume", "open_interest", "iv", "delta") == (206.61, 46, 47, None, None)


UNITS = [
    "historicaloptiondata_VXX_2016-12.csv",
    "historicaloptiondata_SPXW_2018.csv.gz",
    "delta_neutral_A.csv",
    "ivolatility_aapl_sample_ivolatility.csv",
]


@pytest.mark.parametrize("path", UNITS)
def test_greeks_are_in_our_units(path: str, rows_of: Callable[[str], pl.DataFrame]) -> None:
    """Gamma per USD, vega per point, theta per calendar day: as Black-Scholes gives them from the row's own volatility.

    Rates and dividends are left out, so that theta is compared coarsely; a wrong unit is off by 100 or 365 times.
    """
    years = (pl.col("expiration") - pl.col("date")).dt.total_days() / 365
    known = pl.all_horizontal(pl.col("iv", "underlying_price", "gamma", "vega", "theta").is_not_null())
    rows = rows_of(path).with_columns(years=years)
    rows = rows.filter(known & (pl.col("years") > 0.02) & pl.col("delta").abs().is_between(0.3, 0.7))
    assert rows.height >= 5
    spot, strike, iv, t = (rows[name].to_numpy() for name in ("underlying_price", "strike", "iv", "years"))
    density = norm.pdf((np.log(spot / strike) + iv**2 / 2 * t) / (iv * np.sqrt(t)))
    expected = {
        "gamma": density / (spot * iv * np.sqrt(t)),
        "vega": spot * density * np.sqrt(t) / 100,
        "theta": -spot * density * iv / (2 * np.sqrt(t)) / 365,
    }
    for greek, values in expected.items():
        ratio = float(np.median(rows[greek].to_numpy() / values))
        assert ratio == pytest.approx(1, abs=0.5 if greek == "theta" else 0.25), greek


@pytest.mark.parametrize(
    ("path", "symbol"),
    [("historicaloptiondata_VXX_2016-12.csv", "VXX"), ("historicaloptiondata_SPXW_2018.csv.gz", "SPXW")],
)
def test_open_interest_is_of_the_close_before(
    path: str, symbol: str, kept: Callable[[str], tuple[Lake, FileOutcome]]
) -> None:
    lake, _ = kept(path)
    days = lake.snapshots()["date"].to_list()
    assert detect_oi_lag(lake, symbol, days) == 1 == lake.contents()["oi_lag"].unique().item()


def test_spx_of_2019(shared_data: Path, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    folder = shared_data / "spx-2019"
    outcome = ingest_files(lake, "cboe-daily-csv", [str(folder)])
    refused = {Path(file.path).name: file.reason for file in outcome.files if file.status == "rejected"}
    assert [str(reason).partition(":")[0] for reason in refused.values()] == ["NOT_A_SESSION"]
    with duckdb.connect() as connection:
        connection.execute(
            "SELECT parse_filename(filename), count(*) FROM read_csv($files, filename = true, all_varchar = true) GROUP BY ALL",
            {"files": f"{folder}/*.csv.gz"},
        )
        counted = dict(connection.fetchall())
    assert {Path(file.path).name: file.committed for file in outcome.files} == {
        name: 0 if name in refused else rows for name, rows in counted.items()
    }
    assert all(set(file.warnings) <= ORDINARY for file in outcome.files)
    days = lake.snapshots()["date"].to_list()
    assert (len(days), detect_oi_lag(lake, "SPX", days)) == (33, 1)
    rows = to_contract_rows(lake.strike_rows(STRIKE_ROWS, ["SPX"], days[0], days[0]))
    assert cells(rows, 800, "call", "root", "bid", "ask", "last", "iv", "delta", expiration=date(2019, 4, 26)) == (
        *("SPXW", 2109.9, 2128.2, None, 7.9432, 0.9985),
    )


MSTR = """
rows = "chains.*expiration.*option_type"
[columns]
symbol = "$.ticker"
date = "$.date"
underlying_price = "$.spot"
expiration = "expiration"
option_type = "option_type"
strike = "strike"
last = "lastPrice"
volume = "volume"
open_interest = "openInterest"
iv = "iv"
delta = "delta"
[missing]
last = [0]
iv = [0]
"""
NVDA = """
empty = ["-"]
repairs = ["thousands"]
[columns]
strike = "Strike"
call_last = "Call_Last"
call_bid = "Call_Bid"
call_ask = "Call_Ask"
call_volume = "Call_Vol"
call_open_interest = "Call_OI"
put_last = "Put_Last"
put_bid = "Put_Bid"
put_ask = "Put_Ask"
put_volume = "Put_Vol"
put_open_interest = "Put_OI"
"""
DERIBIT = """
[columns]
contract = "instrument_name"
bid = "best_bid_price"
ask = "best_ask_price"
open_interest = "open_interest"
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "vendor.toml"
        path.write_text(text)
        return str(path)

    return write


def test_a_mapping_file_reads_chains_by_expiry_and_side(
    mapping: Callable[[str], str], formats: Path, tmp_path: Path
) -> None:
    lake = Lake(tmp_path / "lake")
    outcome = ingest_files(lake, mapping(MSTR), [str(formats / "mstr")])
    counted = {}
    for path in (formats / "mstr").glob("*.json"):
        chains = json.loads(path.read_text())["chains"].values()
        counted[path.name[:10]] = sum(len(chain["calls"]) + len(chain["puts"]) for chain in chains)
    assert {Path(file.path).name[:10]: file.committed for file in outcome.files} == counted
    assert detect_oi_lag(lake, "MSTR", lake.snapshots()["date"].to_list()) == 1


def test_a_mapping_file_reads_an_undated_table(mapping: Callable[[str], str], formats: Path, tmp_path: Path) -> None:
    said = {"symbol": "NVDA", "date": date(2026, 2, 11), "expiration": date(2026, 2, 20)}
    path = formats / "wide_undated_NVDA-2026-02-11.csv"
    for missing, code in (("symbol", "NO_SYMBOL"), ("date", "NO_DATE"), ("expiration", "NO_EXPIRATION")):
        options = {name: value for name, value in said.items() if name != missing}
        found = brought_in(Lake(tmp_path / "lake"), mapping(NVDA), path, **options)
        assert str(found.reason).startswith(code)
    found = brought_in(Lake(tmp_path / "lake"), mapping(NVDA), path, **said)
    assert (found.status, found.committed) == ("committed", Real(path.name, "nvda", sides=2).rows(formats))


def test_coins_are_no_contracts_for_shares(mapping: Callable[[str], str], formats: Path, tmp_path: Path) -> None:
    """`BTC-13FEB21-37500-C` is no contract symbol, and its open interest is in coins and their fractions."""
    path = formats / "deribit_btc_option_data_2021.csv"
    found = brought_in(Lake(tmp_path / "lake"), mapping(DERIBIT), path, symbol="BTC", date=date(2021, 2, 11))
    assert str(found.reason).startswith("TOO_MANY_BAD_ROWS: 976 of 976 rows cannot be used")
    assert "UNREADABLE_CONTRACT" in str(found.reason)
