"""Real chains of IWM and TLT, summer 2026: as flowbt brings them into a lake, and as DuckDB reads the same files."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.ingest import IngestOutcome, ingest_files
from flowbt.metrics import SHIPPED, Request, compute

SYMBOLS = ("IWM", "TLT")
AT_SNAPSHOT = tuple(metric.name for metric in SHIPPED if metric.grain in {"expiry", "snapshot", "history"})


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
    return compute(real_lake, Request(SYMBOLS, metrics=AT_SNAPSHOT))


@pytest.fixture(scope="session")
def raw(chain_files: list[str], bar_files: list[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The files as they lie, in DuckDB: `contract` (one row per option), `snapshot`, `bar`. Nothing of flowbt is in it."""
    connection = duckdb.connect()
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
        SELECT symbol, date, spot, CAST(split_part(name, '_', 1) AS DATE) AS expiration,
               CAST(split_part(name, '_', 2) AS DOUBLE) AS strike, split_part(name, '_', 3) = 'Call' AS is_call,
               nullif(price, 0) AS price, delta, volume, nullif(iv, 0) / 100 AS iv, oi,
               expiration > date AS live
        FROM side
        -- the three days on which the exchange was closed
        WHERE date NOT IN (DATE '2026-05-25', DATE '2026-06-19', DATE '2026-07-03')
        """
    )
    connection.execute("CREATE TABLE snapshot AS SELECT DISTINCT symbol, date, spot FROM contract")
    connection.execute(
        """
        CREATE TABLE bar AS
        SELECT regexp_extract(filename, '([A-Z]+)_2026', 1) AS symbol, CAST(timestamp AS DATE) AS date, close
        FROM read_csv($files, filename = true)
        """,
        {"files": bar_files},
    )
    yield connection
    connection.close()
