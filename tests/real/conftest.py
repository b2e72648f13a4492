"""Real chains of IWM and TLT, summer 2026: as flowbt brings them into a lake, and as DuckDB reads the same files.

What SQL says badly is computed contract by contract (`exposures_by_hand`): formulas of vanna and charm as they
stand in Haug, The Complete Guide to Option Pricing Formulas, ch. 2, of gamma in Hull, Options, Futures and Other
Derivatives, ch. 19. Nothing of it is flowbt's.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.metrics import SHIPPED, Request, compute

SYMBOLS = ("IWM", "TLT")
AT_SNAPSHOT = tuple(metric.name for metric in SHIPPED if metric.grain in {"expiry", "snapshot", "history"})

RATE = 0.04
PLAIN = {"carry": "yield"}
"""Everything computed at one rate and no dividends, which the references can follow; `test_carry.py` looks at the default."""
ORDINARY = {"ZERO_BID", "STALE_LAST", "IMPOSSIBLE_LAST", "IV_OUT_OF_RANGE", "PARTIAL_DAY"}
"""Warnings of rows that are as the vendor has them: worthless options, last trades of other days, volatilities near expiry."""
Floats = NDArray[np.float64]


@pytest.fixture(scope="session")
def chain_files(shared_data: Path) -> list[str]:
    return [str(shared_data / "us-chains" / "*" / f"{name}.json") for name in ("iwm", "TLT")]


@pytest.fixture(scope="session")
def bar_files(shared_data: Path) -> list[str]:
    return [str(shared_data / "prices" / f"{symbol}_2026.csv") for symbol in SYMBOLS]


@pytest.fixture(scope="session")
def real_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def ingested(real_lake: Lake, chain_files: list[str], bar_files: list[str]) -> IngestOutcome:
    """What became of the chains; the bars are in the lake too."""
    ingest_files(real_lake, "ohlcv", bar_files)
    return ingest_files(real_lake, "riskalert-json", chain_files)


@pytest.fixture(scope="session")
def computed(real_lake: Lake, ingested: IngestOutcome) -> pl.DataFrame:
    """Every metric that a snapshot has, all sessions of both symbols."""
    assert ingested.files
    return compute(real_lake, Request(SYMBOLS, metrics=AT_SNAPSHOT, overrides=PLAIN))


@pytest.fixture(scope="session")
def raw(chain_files: list[str], bar_files: list[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The files as they lie, in DuckDB: `contract` (one row per option), `snapshot`, `bar`. Nothing of flowbt is in it."""
    connection = duckdb.connect()
    connection.execute(
        """
        CREATE TABLE bar AS
        SELECT regexp_extract(filename, '([A-Z]+)_2026', 1) AS symbol, CAST(timestamp AS DATE) AS date,
               open, high, low, close
        FROM read_csv($files, filename = true)
        """,
        {"files": bar_files},
    )
    connection.execute(
        """
        CREATE TABLE strike_row AS
        SELECT upper(regexp_extract(filename, '([^/]+)\\.json$', 1)) AS symbol,
               CAST(regexp_extract(filename, '(\\d{4}-\\d{2}-\\d{2})/[^/]+$', 1) AS DATE) AS date,
               nullif(header.underlyingPrice, 0) AS spot,
               unnest(contracts) AS c
        FROM read_json($files, filename = true, columns = {
            header: 'STRUCT(underlyingPrice DOUBLE)',
            contracts: 'STRUCT(callOption VARCHAR, callPrice DOUBLE, callDelta DOUBLE, callVolume BIGINT, callIv DOUBLE,
                               callOi BIGINT, putOption VARCHAR, putPrice DOUBLE, putDelta DOUBLE, putVolume BIGINT,
                               putIv DOUBLE, putOi BIGINT)[]'})
        """,
        {"files": chain_files},
    )
    connection.execute(
        """
        CREATE TABLE contract AS
        WITH side AS (
            SELECT symbol, date, spot, c.callOption AS name, c.callPrice AS price, c.callDelta AS delta,
                   c.callVolume AS volume, c.callIv AS iv, c.callOi AS oi FROM strike_row
            UNION ALL
            SELECT symbol, date, spot, c.putOption, c.putPrice, c.putDelta, c.putVolume, c.putIv, c.putOi
            FROM strike_row
        )
        -- where the file gives no price of the underlying, the close of the day stands in for it
        SELECT symbol, date, coalesce(side.spot, bar.close) AS spot, side.spot AS given,
               CAST(split_part(name, '_', 1) AS DATE) AS expiration,
               CAST(split_part(name, '_', 2) AS DOUBLE) AS strike, split_part(name, '_', 3) = 'Call' AS is_call,
               nullif(price, 0) AS price, delta, volume, nullif(iv, 0) / 100 AS iv, oi,
               expiration > date AS live
        FROM side LEFT JOIN bar USING (symbol, date)
        -- the three days on which the exchange was closed
        WHERE date NOT IN (DATE '2026-05-25', DATE '2026-06-19', DATE '2026-07-03')
        """
    )
    connection.execute("""
        CREATE TABLE snapshot AS
        SELECT DISTINCT symbol, date, spot,
               if(given IS NOT NULL, 'chain', if(spot IS NOT NULL, 'bar', NULL)) AS spot_source
        FROM contract
        """)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def exposures_by_hand() -> Callable[[pl.DataFrame], pl.DataFrame]:
    """By snapshot: what the naive position's vanna and charm add up to, its gamma over spots and where that is 0."""

    def of(contracts: pl.DataFrame) -> pl.DataFrame:
        """From rows of `symbol, date, spot, expiration, strike, is_call, oi, iv`, each an option held that has a volatility."""
        books = contracts.sort("symbol", "date").partition_by("symbol", "date", maintain_order=True)
        found = [{"symbol": book["symbol"][0], "date": book["date"][0], **_exposures(book)} for book in books]
        return pl.DataFrame(found, infer_schema_length=None)

    return of


def _exposures(book: pl.DataFrame) -> dict[str, Any]:
    """Dealers long the calls and short the puts; no dividend."""
    spot: float | None = book["spot"][0]
    if spot is None:
        return dict.fromkeys(("vanna", "charm", "profile", "zero_gamma", "exact_zero_gamma", "status"))
    strike, iv = book["strike"].to_numpy(), book["iv"].to_numpy()
    years = (book["expiration"] - book["date"]).dt.total_days().to_numpy() / 365
    shares = 100.0 * book["oi"].to_numpy() * np.where(book["is_call"].to_numpy(), 1, -1)

    d1 = (np.log(spot / strike) + (RATE + iv**2 / 2) * years) / (iv * np.sqrt(years))
    d2 = d1 - iv * np.sqrt(years)
    vanna = -d2 / iv * norm.pdf(d1)
    charm = -norm.pdf(d1) * (RATE / (iv * np.sqrt(years)) - d2 / (2 * years))

    def exposure(log_move: float) -> float:
        moved = spot * np.exp(log_move)
        d = (np.log(moved / strike) + (RATE + iv**2 / 2) * years) / (iv * np.sqrt(years))
        gamma = np.exp(-d * d / 2) / np.sqrt(2 * np.pi) / (moved * iv * np.sqrt(years))
        return float(gamma @ shares * moved**2 / 100)

    step = np.log(1.1) / 40
    grid = step * np.arange(np.ceil(np.log(1 / 0.9) / step) * -1, 41)
    profile = np.array([exposure(log_move) for log_move in grid])
    zero, exact = _zero_nearest_to_spot(grid, profile, exposure)
    status = "crossed" if zero is not None else "always positive" if profile[0] > 0 else "always negative"
    return {
        "vanna": float(vanna @ shares) / 100,
        "charm": float(charm @ shares) / 365,
        "profile": profile.tolist(),
        "zero_gamma": None if zero is None else spot * np.exp(zero),
        "exact_zero_gamma": None if exact is None else spot * np.exp(exact),
        "status": status,
    }


def _zero_nearest_to_spot(grid: Floats, profile: Floats, exposure: Any) -> tuple[float | None, float | None]:
    """Logarithm of the move to where the exposure is 0, on the line between the points around it, and to the last digit."""
    pairs = [
        (left, right, (left * after - right * before) / (after - before))
        for left, right, before, after in zip(grid, grid[1:], profile, profile[1:], strict=False)
        if before * after < 0
    ]
    within = [pair for pair in pairs if 0.9 <= np.exp(pair[2]) <= 1.1]
    if not within:
        return None, None
    left, right, zero = min(within, key=lambda pair: abs(np.exp(pair[2]) - 1))
    return zero, brentq(exposure, left, right)
