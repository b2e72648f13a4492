"""Max pain and walls of IWM and TLT in summer 2026, against SQL over the files; and somebody's published SPY levels."""

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from flowbt.evaluation.levels import LevelStudy
from flowbt.evaluation.levels.gravity import GravityMeasure
from flowbt.evaluation.levels.pins import Gravity
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.metrics import Request, compute
from flowbt.report.levels.selection import level_tests
from flowbt.signals import MaxPainGravity
from flowbt.workflows.evaluate_levels import evaluate_levels
from flowbt.workflows.level_study import signal_levels

SYMBOLS = ("IWM", "TLT")

MAX_PAIN = """
    WITH held AS (
        SELECT symbol, date, any_value(spot) AS spot, expiration, strike,
               coalesce(sum(oi) FILTER (is_call), 0) AS calls, coalesce(sum(oi) FILTER (NOT is_call), 0) AS puts
        FROM contract WHERE live GROUP BY ALL
    ), pain AS (
        SELECT x.symbol, x.date, x.spot, x.expiration, x.strike AS price,
               sum(k.calls * greatest(x.strike - k.strike, 0) + k.puts * greatest(k.strike - x.strike, 0)) AS paid,
               sum(k.calls + k.puts) AS open
        FROM held x JOIN held k USING (symbol, date, expiration)
        WHERE x.expiration <= x.date + 20
        GROUP BY ALL
    ), least AS (
        SELECT symbol, date, expiration, first(price ORDER BY paid, abs(price - spot), price) AS max_pain
        FROM pain WHERE open > 0 GROUP BY ALL
    ), session AS (
        SELECT symbol, date, close, row_number() OVER (PARTITION BY symbol ORDER BY date) AS place FROM bar
    ), pairs AS (
        SELECT l.*, s.close AS start, e.close AS final, e.place - s.place AS to_go
        FROM least l JOIN session s USING (symbol, date) JOIN session e ON e.symbol = l.symbol AND e.date = l.expiration
    ), windows AS (
        SELECT * FROM pairs WHERE to_go BETWEEN {low} AND {high}
        QUALIFY row_number() OVER (PARTITION BY symbol, expiration ORDER BY date) = 1
    )
    SELECT count(*) AS n, count(DISTINCT expiration) AS ends, avg(abs(max_pain - start) / start) AS gap,
           avg(CAST(abs(final - max_pain) < abs(final - start) AS INT)) AS nearer,
           avg(CAST(abs(final - (2 * start - max_pain)) < abs(final - start) AS INT)) AS mirror,
           avg((abs(final - max_pain) - abs(final - start)) / start) AS distance
    FROM windows WHERE max_pain <> start
"""

TOUCHED = """
    WITH session AS (
        SELECT *, max(high) OVER ahead AS top, count(*) OVER ahead AS known FROM bar
        WINDOW ahead AS (PARTITION BY symbol ORDER BY date ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING)
    )
    SELECT count(*) AS n, avg(CAST(top >= call_wall AS INT)) AS touched
    FROM walls JOIN session USING (symbol, date)
    WHERE known = 3 AND call_wall > close AND iv_30d IS NOT NULL
"""


@pytest.fixture(scope="module")
def study(real_lake: Lake, ingested: IngestOutcome) -> LevelStudy:
    assert ingested.files
    found = signal_levels(real_lake, MaxPainGravity(), SYMBOLS, [1, 3, 5])
    assert found is not None
    return found


def nearer(row: Gravity) -> GravityMeasure:
    found = row.measure("nearer")
    assert found is not None
    return found


@pytest.mark.parametrize(("low", "high"), [(1, 1), (3, 5), (6, 10)])
def test_max_pain_gravity_against_sql(low: int, high: int, study: LevelStudy, raw: duckdb.DuckDBPyConnection) -> None:
    expected = raw.sql(MAX_PAIN.format(low=low, high=high)).pl().row(0, named=True)
    row = next(row for row in study.gravity if row.sessions == (low, high))
    assert (row.n, row.ends) == (expected["n"], expected["ends"])
    assert row.mean_gap == pytest.approx(expected["gap"])
    assert nearer(row).value == pytest.approx(expected["nearer"])
    assert nearer(row).mirror == pytest.approx(expected["mirror"])
    distance = row.measure("distance")
    assert distance is not None
    assert distance.value == pytest.approx(expected["distance"])


def test_touches_of_the_call_wall_against_sql(
    study: LevelStudy, real_lake: Lake, raw: duckdb.DuckDBPyConnection
) -> None:
    walls = compute(real_lake, Request(SYMBOLS, metrics=("call_wall", "put_wall", "iv_30d")))
    raw.register("walls", walls.to_arrow())
    expected = raw.sql(TOUCHED).pl().row(0, named=True)
    row = next(row for row in study.touches if (row.kind, row.side, row.horizon) == ("call wall", "above", 3))
    touched = row.measure("touched")
    assert touched is not None
    assert touched.n == expected["n"]
    assert touched.value == pytest.approx(expected["touched"])

    bars = real_lake.bars(SYMBOLS).with_columns(last=pl.col("close").shift(-3).over("symbol").is_not_null())
    used = walls.join(bars, on=["symbol", "date"]).filter("last", pl.col("call_wall") > pl.col("close"))
    used = used.drop_nulls("iv_30d")
    z = np.log((used["call_wall"] / used["close"]).to_numpy()) / (used["iv_30d"].to_numpy() * np.sqrt(3 / 252))
    assert touched.formula == pytest.approx(np.mean(2 * norm.sf(z)))


def test_a_summer_shows_nothing_of_gravity_or_walls(study: LevelStudy) -> None:
    """62 sessions: a difference would have had to be large to be seen, and none is beyond what many tests give by luck."""
    made = level_tests(study)
    assert len(made) > 50
    assert sum(p < 0.05 for p in made) <= 0.1 * len(made)
    against = nearer(next(row for row in study.gravity if row.sessions == (1, 1))).against.elsewhere
    assert against.p_value is not None
    assert against.minimum_detectable is not None
    assert against.p_value > 0.1
    assert against.minimum_detectable > 0.08


def test_published_levels_of_spy_in_the_shape_they_come_in(shared_data: Path) -> None:
    """25 days, a column a kind, and the spot as the only price there is of them."""
    path = shared_data / "market" / "spy_levels_third_party_excerpt.csv"
    evaluation = evaluate_levels(path, prices=path, price_column="spot_price", symbols=["SPY"], horizons=[1, 3])
    levels = evaluation.levels
    assert levels.columns == ("zero_gamma", "call_wall", "put_wall", "peak_gex_strike", "max_pain")
    assert {row.kind: row.treated_as for row in levels.kinds} == {
        "zero gamma": "barrier", "call wall": "barrier", "put wall": "barrier", "peak gex strike": "pin", "max pain": "pin"
    }  # fmt: skip
    assert "not significant" in evaluation.answer
