# ruff: noqa: S608 (the queries are put together from constants of this file)
"""Chains with quotes, of SPX in spring 2019, against SQL over the source's files, and their greeks against the source's own.

The files are snapshots taken during the session. SPX is the whole of them; SPXW, of which each expiry has one settlement,
those options that are settled at the close: volatilities and straddles are compared on it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from flowbt.lake import Lake
from flowbt.metrics import Request, compute
from flowbt.schema import CONTRACT_ROWS, QUOTE_COLUMNS, conform, to_strike_rows

PLAIN = {"carry": "yield"}
"""Everything computed at one rate and no dividends, which the references can follow; `test_carry.py` looks at the default."""

Floats = NDArray[np.float64]

HOLIDAY = "2019-05-27"
SAMPLE = ("2019-04-25", "2019-05-14", "2019-05-24", "2019-06-04", "2019-06-13")
RATE = 0.04
RATE_OF_2019 = 0.0236
"""That which the source's deltas show: from 7 to 365 days a call's less the put's is exp(-0.0236 T)."""


@pytest.fixture(scope="session")
def spx_files(shared_data: Path) -> str:
    return str(shared_data / "spx-2019" / "*.csv.gz")


@pytest.fixture(scope="session")
def contracts(spx_files: str) -> pl.DataFrame:
    """The files as contract rows; 0 stands for "not known" in prices and volatilities."""
    text = pl.read_csv(spx_files, infer_schema=False).rename(
        {"type": "option_type", "openinterest": "open_interest", "impliedvol": "iv"}
    )
    known = text.with_columns(
        pl.col("expiration").str.to_date("%m/%d/%Y"),
        pl.col("quotedate").str.to_date("%m/%d/%Y").alias("date"),
        *(pl.col(name).cast(pl.Float64).replace(0, None) for name in ("last", "iv")),
        *(pl.col(name).cast(pl.Float64) for name in ("strike", "bid", "ask", "delta", "gamma", "underlying_last")),
        *(pl.col(name).cast(pl.Int64) for name in ("volume", "open_interest")),
        pl.col("optionroot").str.extract("^([A-Z]+)").alias("root"),
    ).filter(pl.col("date") != pl.lit(HOLIDAY).str.to_date())
    facts = {"symbol": pl.col("underlying"), "underlying_price": pl.col("underlying_last")}
    shared = {"multiplier": pl.lit(100.0), "oi_lag": pl.lit(1), "source": pl.lit("cboe-daily-csv")}
    return conform(known.with_columns(**facts, **shared), CONTRACT_ROWS)


@pytest.fixture(scope="session")
def spx_lake(contracts: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """SPX and SPXW, and of a few sessions QUOTES (what was quoted alone) and VOLS (and the volatilities)."""
    settled_at_close = contracts.filter(pl.col("root") == "SPXW").with_columns(pl.lit("SPXW").alias("symbol"))
    few = settled_at_close.filter(pl.col("date").cast(pl.String).is_in(SAMPLE))
    without = {
        "QUOTES": set(QUOTE_COLUMNS) - {"bid", "ask", "last", "volume", "open_interest"},
        "VOLS": {"delta", "gamma"},
    }
    stripped = [
        few.with_columns(pl.lit(symbol).alias("symbol"), *(pl.lit(None, pl.Float64).alias(name) for name in names))
        for symbol, names in without.items()
    ]
    lake = Lake(tmp_path_factory.mktemp("spx"))
    lake.write_strike_rows(pl.concat([to_strike_rows(rows) for rows in (contracts, settled_at_close, *stripped)]))
    return lake


def implied(price: Floats, spot: Floats, strike: Floats, years: Floats, is_call: NDArray[np.bool_]) -> Floats:
    """The volatility at which Black-Scholes without dividend gives the price, by halving; NaN where none does."""
    side = np.where(is_call, 1.0, -1.0)
    cash = strike * np.exp(-RATE * years)
    low, high = np.full(len(price), 1e-6), np.full(len(price), 60.0)
    for _ in range(100):
        middle = (low + high) / 2
        d1 = np.log(spot / cash) / (middle * np.sqrt(years)) + middle * np.sqrt(years) / 2
        value = side * (spot * norm.cdf(side * d1) - cash * norm.cdf(side * (d1 - middle * np.sqrt(years))))
        low, high = np.where(value < price, middle, low), np.where(value < price, high, middle)
    has_one = (price > np.maximum(side * (spot - cash), 0)) & (price < np.where(is_call, spot, cash))
    return np.where(has_one, (low + high) / 2, np.nan)


@pytest.fixture(scope="session")
def spx(
    spx_files: str, exposures_by_hand: Callable[[pl.DataFrame], pl.DataFrame]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The files in DuckDB, nothing of flowbt in it: `contract`, `snapshot`, `session`, `by_hand`."""
    connection = duckdb.connect()
    connection.execute(
        f"""
        CREATE TABLE quoted AS
        SELECT 'SPX' AS symbol, regexp_extract(optionroot, '^[A-Z]+') AS root, strptime(quotedate, '%m/%d/%Y')::DATE AS date,
               strptime(expiration, '%m/%d/%Y')::DATE AS expiration, strike, type = 'call' AS is_call,
               underlying_last AS spot, nullif(last, 0) AS last, (bid + ask) / 2 AS quote, if(bid > 0, quote, NULL) AS mid,
               volume, openinterest AS oi, nullif(impliedvol, 0) AS iv, delta, gamma
        FROM read_csv('{spx_files}', types = {{'quotedate': 'VARCHAR', 'expiration': 'VARCHAR'}})
        WHERE date <> DATE '{HOLIDAY}'
        """
    )
    connection.execute("INSERT INTO quoted SELECT * REPLACE ('SPXW' AS symbol) FROM quoted WHERE root = 'SPXW'")
    unsolved = connection.sql(
        "SELECT *, (expiration - date) / 365 AS years FROM quoted WHERE expiration > date AND iv IS NULL AND mid > 0"
    ).pl()
    inputs = [unsolved[name].to_numpy() for name in ("mid", "spot", "strike", "years", "is_call")]
    solved = unsolved.with_columns(pl.Series("solved", implied(*inputs)).fill_nan(None))
    connection.register("solved", solved.select("symbol", "root", "date", "expiration", "strike", "is_call", "solved"))
    # those of a third Friday are settled at its opening prices and trade until the Thursday; SPXW are settled at the close
    connection.execute(
        """
        CREATE TABLE contract AS SELECT * REPLACE (coalesce(iv, solved) AS iv),
            expiration - if(root = 'SPX' AND isodow(expiration) = 5 AND day(expiration) BETWEEN 15 AND 21, 1, 0) > date AS live
        FROM quoted LEFT JOIN solved USING (symbol, root, date, expiration, strike, is_call)
        """
    )
    connection.execute("CREATE TABLE snapshot AS SELECT DISTINCT symbol, date, spot FROM contract")
    # 10 and 17 May are not among the files
    connection.execute(
        """
        CREATE TABLE session AS SELECT *, if(date IN (DATE '2019-05-13', DATE '2019-05-20'), NULL,
            lag(date) OVER (PARTITION BY symbol ORDER BY date)) AS before FROM snapshot
        """
    )
    held = connection.sql("SELECT * FROM contract WHERE symbol = 'SPX' AND live AND oi > 0 AND iv IS NOT NULL").pl()
    connection.register("by_hand", exposures_by_hand(held))
    yield connection
    connection.close()


PREMIUM = "if(volume > 0, last * volume * 100, NULL)"
SIGN = "if(is_call, 1, -1)"


def per_snapshot(expression: str, where: str = "true") -> str:
    return f"SELECT symbol, date, {expression} AS value FROM contract WHERE {where} GROUP BY symbol, date, spot"


def largest(measure: str, where: str) -> str:
    return f"""
        SELECT symbol, date, first(strike ORDER BY total DESC, strike) AS value FROM (
            SELECT symbol, date, strike, sum({measure}) AS total FROM contract WHERE live AND {where} GROUP BY ALL)
        GROUP BY symbol, date
    """


def clustered(aggregate: str, side: str, k: int) -> str:
    return f"""
        SELECT symbol, date, {aggregate} AS value FROM (
            SELECT *, sum(total) OVER w AS whole, row_number() OVER (w ORDER BY total DESC, strike) AS place
            FROM (SELECT symbol, date, strike, sum(oi) AS total FROM contract WHERE live AND {side} GROUP BY ALL)
            WINDOW w AS (PARTITION BY symbol, date))
        WHERE place <= {k} GROUP BY symbol, date
    """


def changed(side: str) -> str:
    return f"""
        SELECT n.symbol, n.date, if(any_value(before) IS NULL, NULL, sum(n.oi - coalesce(o.oi, 0))) AS value
        FROM contract n JOIN session USING (symbol, date) LEFT JOIN contract o
            ON (o.symbol, o.root, o.date, o.expiration, o.strike, o.is_call)
             = (n.symbol, n.root, before, n.expiration, n.strike, n.is_call)
        WHERE n.live AND {side} GROUP BY ALL
    """


PAIN = """
    SELECT x.symbol, x.date, x.spot, x.expiration, x.strike,
           sum(oi * greatest(if(is_call, x.strike - c.strike, c.strike - x.strike), 0)) AS pain
    FROM (SELECT DISTINCT symbol, date, spot, expiration, strike FROM contract WHERE live AND symbol = 'SPXW') x
    JOIN contract c USING (symbol, date, expiration) WHERE oi > 0 GROUP BY ALL
"""
ATM = """
    SELECT symbol, date, spot, expiration, if(low = high, low_iv, low_iv + (spot - low) / (high - low) * (high_iv - low_iv))
           AS value
    FROM (
        SELECT symbol, date, expiration, spot,
               max(strike) FILTER (strike <= spot) AS low, arg_max(iv, strike) FILTER (strike <= spot) AS low_iv,
               min(strike) FILTER (strike >= spot) AS high, arg_min(iv, strike) FILTER (strike >= spot) AS high_iv
        FROM (SELECT symbol, date, expiration, spot, strike, avg(iv) AS iv FROM contract GROUP BY ALL HAVING avg(iv) > 0)
        GROUP BY ALL)
"""
STRADDLE = """
    SELECT symbol, date, expiration, first(price ORDER BY distance, strike) AS value FROM (
        SELECT symbol, date, expiration, strike, abs(strike - spot) AS distance,
               sum(price) FILTER (is_call) + sum(price) FILTER (NOT is_call) AS price
        FROM (SELECT *, coalesce(mid, if(volume > 0, last, NULL)) AS price FROM contract) GROUP BY ALL)
    GROUP BY ALL
"""


def at_delta(side: str, delta: float = 0.25) -> str:
    return f"""
        SELECT symbol, date, expiration, near_iv + ({delta} - near) / (far - near) * (far_iv - near_iv) AS value FROM (
            SELECT symbol, date, expiration,
                   min(abs(delta)) FILTER (abs(delta) >= {delta}) AS near,
                   first(iv ORDER BY abs(delta), abs(strike - spot)) FILTER (abs(delta) >= {delta}) AS near_iv,
                   max(abs(delta)) FILTER (abs(delta) < {delta}) AS far,
                   first(iv ORDER BY abs(delta) DESC, abs(strike - spot)) FILTER (abs(delta) < {delta}) AS far_iv
            FROM contract WHERE iv > 0 AND {side} AND if(is_call, strike >= spot, strike <= spot) GROUP BY ALL)
    """


def at_tenor(query: str, days: int = 30) -> str:
    return f"""
        SELECT symbol, date, sqrt((low.total + ({days} - low.days) / (high.days - low.days) * (high.total - low.total)) / {days})
               AS value
        FROM (
            SELECT symbol, date, arg_max(point, days) FILTER (days < {days}) AS low,
                   arg_min(point, days) FILTER (days >= {days}) AS high
            FROM (SELECT symbol, date, expiration - date AS days, {{'days': days, 'total': value * value * days}} AS point
                  FROM ({query}) WHERE value > 0 AND expiration > date) GROUP BY ALL)
    """


def difference(left: str, right: str) -> str:
    return f"SELECT symbol, date, l.value - r.value AS value FROM ({left}) l JOIN ({right}) r USING (symbol, date)"


def times_spot(column: str) -> str:
    return f"SELECT symbol, date, {column} * spot AS value FROM by_hand JOIN snapshot USING (symbol, date)"


LOWER = "if(is_call, spot - strike * exp(-0.04 * (expiration - date) / 365), strike * exp(-0.04 * (expiration - date) / 365) - spot)"
UPPER = "if(is_call, spot, strike * exp(-0.04 * (expiration - date) / 365))"

OF_ALL = {
    "spot": "SELECT symbol, date, spot AS value FROM snapshot",
    "total_call_premium": per_snapshot(f"sum({PREMIUM})", "is_call"),
    "total_put_premium": per_snapshot(f"sum({PREMIUM})", "NOT is_call"),
    "net_premium": per_snapshot(f"sum({SIGN} * {PREMIUM})"),
    "gross_premium": per_snapshot(f"sum({PREMIUM})"),
    "net_premium_ratio": per_snapshot(f"sum({SIGN} * {PREMIUM}) / sum({PREMIUM})"),
    "net_premium_otm": per_snapshot(f"sum({SIGN} * {PREMIUM})", f"{SIGN} * (strike - spot) > 0"),
    "call_volume": per_snapshot("sum(volume)", "is_call"),
    "put_call_volume_ratio": per_snapshot("sum(volume) FILTER (NOT is_call) / sum(volume) FILTER (is_call)"),
    "put_call_oi_ratio": per_snapshot("sum(oi) FILTER (NOT is_call) / sum(oi) FILTER (is_call)", "live"),
    "call_open_interest": per_snapshot("sum(oi)", "live AND is_call"),
    "put_open_interest": per_snapshot("sum(oi)", "live AND NOT is_call"),
    "call_oi_change": changed("n.is_call"),
    "put_oi_change": changed("n.is_call = false"),
    "net_gamma_held": per_snapshot(f"sum({SIGN} * gamma * oi * 100)", "live"),
    "gex": per_snapshot(f"sum({SIGN} * gamma * oi * 100) * spot * spot / 100", "live"),
    "gex(unit=shares_1pct, position=absolute)": per_snapshot("sum(gamma * oi * 100) * spot / 100", "live"),
    "gex[dte<=30]": per_snapshot(
        f"sum({SIGN} * gamma * oi * 100) * spot * spot / 100", "live AND expiration - date <= 30"
    ),
    "dex_net": per_snapshot("sum(delta * oi * 100)", "live"),
    "dex_gross": per_snapshot("sum(abs(delta) * oi * 100)", "live"),
    "net_vanna_held": "SELECT symbol, date, vanna AS value FROM by_hand",
    "net_charm_held": "SELECT symbol, date, charm AS value FROM by_hand",
    "vanna_exposure": times_spot("vanna"),
    "charm_exposure": times_spot("charm"),
    "zero_gamma": "SELECT symbol, date, zero_gamma AS value FROM by_hand",
    "zero_gamma_status": "SELECT symbol, date, status AS value FROM by_hand",
    "call_oi_peak": largest("oi", "is_call"),
    "put_oi_peak": largest("oi", "NOT is_call"),
    "call_wall": largest("gamma * oi", "is_call"),
    "put_wall": largest("gamma * oi", "NOT is_call"),
    "absolute_gamma_strike": largest("gamma * oi", "true"),
    "contention_strike": largest("oi", "is_call AND strike > spot"),
    "put_floor": largest("oi", "NOT is_call AND strike < spot"),
    "call_oi_cluster_share": clustered("sum(total) / any_value(whole)", "is_call", 3),
    "put_oi_concentration": clustered("sum(pow(total / whole, 2))", "NOT is_call", 9999),
    "priced_below_intrinsic": per_snapshot(f"count_if(mid <= greatest({LOWER}, 0))", "live"),
    "priced_above_bound": per_snapshot(f"count_if(mid >= {UPPER})", "live"),
    "without_volatility": per_snapshot("count_if(oi > 0 AND iv IS NULL)", "live"),
    "put_call_oi_ratio[weight=delta]": per_snapshot(
        "sum(oi * abs(delta)) FILTER (NOT is_call) / sum(oi * abs(delta)) FILTER (is_call)", "live"
    ),
    "put_call_oi_ratio[weight=premium]": per_snapshot(
        "sum(oi * quote) FILTER (NOT is_call) / sum(oi * quote) FILTER (is_call)", "live"
    ),
}
OF_SPXW = {
    "iv_30d": at_tenor(ATM),
    "term_slope": difference(at_tenor(ATM, 90), at_tenor(ATM)),
    "skew_25d": difference(at_tenor(at_delta("is_call")), at_tenor(at_delta("NOT is_call"))),
    "skew_25d(delta=0.1)": difference(at_tenor(at_delta("is_call", 0.1)), at_tenor(at_delta("NOT is_call", 0.1))),
}
OF_SPXW_PER_EXPIRY = {
    "max_pain": f"""
        SELECT symbol, date, expiration,
               if(abs(max(strike) - any_value(spot)) < abs(min(strike) - any_value(spot)), max(strike), min(strike)) AS value
        FROM (SELECT *, min(pain) OVER (PARTITION BY symbol, date, expiration) AS least FROM ({PAIN}))
        WHERE pain = least GROUP BY ALL
    """,
    "atm_iv": ATM,
    "atm_straddle": STRADDLE,
    "call_iv_at_delta": at_delta("is_call"),
    "put_iv_at_delta": at_delta("NOT is_call"),
    "expected_move": f"""
        SELECT symbol, date, expiration, spot * value * sqrt((expiration - date) / 365) AS value FROM ({ATM})
        WHERE expiration > date
    """,
    "expected_move(form=straddle)": STRADDLE,
    "expected_move(form=straddle_85)": f"SELECT * REPLACE (0.85 * value AS value) FROM ({STRADDLE})",
}


def assert_agrees(name: str, ours: pl.DataFrame, expected: pl.DataFrame, within: float = 1e-9) -> None:
    key = [column for column in ("symbol", "date", "expiration") if column in ours.columns]
    theirs = expected.filter(pl.col("symbol") == ours["symbol"][0]).select(
        *key, theirs=pl.col("value").cast(ours.schema[name])
    )
    beside = ours.select(*key, ours=name).join(theirs, on=key, how="left")
    values = pl.col("ours"), pl.col("theirs")
    if ours.schema[name].is_float():
        close = (values[0] - values[1]).abs() <= within * pl.max_horizontal(values[1].abs(), 1e-3)
        same = close.fill_null(value=False) | pl.all_horizontal(value.is_null() for value in values)
    else:
        same = values[0].eq_missing(values[1])
    differing = beside.filter(~same)
    assert differing.is_empty(), differing


@pytest.fixture(scope="session")
def of_all(spx_lake: Lake) -> pl.DataFrame:
    return compute(spx_lake, Request(("SPX",), metrics=("is_dividend_play", *OF_ALL), overrides=PLAIN))


@pytest.fixture(scope="session")
def of_spxw(spx_lake: Lake) -> pl.DataFrame:
    return compute(spx_lake, Request(("SPXW",), metrics=tuple(OF_SPXW), overrides=PLAIN))


@pytest.fixture(scope="session")
def of_spxw_per_expiry(spx_lake: Lake) -> pl.DataFrame:
    return compute(spx_lake, Request(("SPXW",), grain="expiry", metrics=tuple(OF_SPXW_PER_EXPIRY), overrides=PLAIN))


@pytest.mark.parametrize("name", OF_ALL)
def test_agrees_on_every_day(name: str, of_all: pl.DataFrame, spx: duckdb.DuckDBPyConnection) -> None:
    assert of_all.height == 33
    assert_agrees(name, of_all, spx.sql(OF_ALL[name]).pl(), 1e-7)


@pytest.mark.parametrize("name", OF_SPXW)
def test_volatility_agrees_on_every_day(name: str, of_spxw: pl.DataFrame, spx: duckdb.DuckDBPyConnection) -> None:
    assert of_spxw[name].null_count() == 0
    assert_agrees(name, of_spxw, spx.sql(OF_SPXW[name]).pl())


@pytest.mark.parametrize("name", OF_SPXW_PER_EXPIRY)
def test_agrees_on_every_expiry(name: str, of_spxw_per_expiry: pl.DataFrame, spx: duckdb.DuckDBPyConnection) -> None:
    assert of_spxw_per_expiry[name].count() > 800
    assert_agrees(name, of_spxw_per_expiry, spx.sql(OF_SPXW_PER_EXPIRY[name]).pl())


def test_an_index_that_pays_no_dividend_has_no_dividend_play(of_all: pl.DataFrame) -> None:
    assert not of_all["is_dividend_play"].any()


def computed_greeks(lake: Lake, symbol: str, contracts: pl.DataFrame, parameters: str) -> pl.DataFrame:
    """Volatility, delta and gamma as computed beside the source's (`iv`, `delta`, `gamma`), of each option not about to expire."""
    names = {f"{side}_{name}": f"{side}_{name}({parameters})" for side in ("call", "put") for name in GREEKS}
    strikes = compute(lake, Request((symbol,), grain="strike", metrics=tuple(names.values())))
    sides = [
        strikes.select(
            "date", "expiration", "strike", pl.lit(side).alias("option_type"),
            *(pl.col(names[f"{side}_{name}"]).alias(f"our_{name}") for name in GREEKS),
        )
        for side in ("call", "put")
    ]  # fmt: skip
    theirs = contracts.filter(pl.col("root") == "SPXW", pl.col("iv").is_not_null())
    return theirs.join(pl.concat(sides), on=["date", "expiration", "strike", "option_type"]).filter(
        (pl.col("expiration") - pl.col("date")).dt.total_days().is_between(7, 365),
        pl.col("delta").abs().is_between(0.1, 0.9),
    )


GREEKS = ("volatility", "unit_delta", "unit_gamma")


def assert_near(greeks: pl.DataFrame, ours: str, theirs: str, median: float, high: float) -> None:
    """The median and the 95th percentile of the differences, without sign, are no more than this."""
    apart = (greeks[ours] - greeks[theirs]).abs()
    assert apart.null_count() == 0
    assert (apart <= median).sum() >= 0.5 * len(apart)
    assert (apart <= high).sum() >= 0.95 * len(apart)


def test_greeks_from_quotes_and_parity_are_those_of_the_source(spx_lake: Lake, contracts: pl.DataFrame) -> None:
    """What is left of volatility is the time, which the source takes to the minute; of delta, that the source's is to the forward."""
    greeks = computed_greeks(spx_lake, "QUOTES", contracts, f"rate={RATE_OF_2019}")
    assert greeks.height > 15_000
    assert greeks["our_volatility"].null_count() == 0
    assert_near(greeks, "our_volatility", "iv", 0.0002, 0.001)
    assert_near(greeks, "our_unit_delta", "delta", 0.001, 0.004)
    assert_near(greeks, "our_unit_gamma", "gamma", 0.00004, 0.0001)  # gamma is given to 0.0001


def test_greeks_from_the_volatility_of_the_source_are_those_of_the_source(
    spx_lake: Lake, contracts: pl.DataFrame
) -> None:
    greeks = computed_greeks(spx_lake, "VOLS", contracts, f"rate={RATE_OF_2019}")
    assert_near(greeks, "our_volatility", "iv", 0, 0)
    assert_near(greeks, "our_unit_delta", "delta", 0.001, 0.004)
    assert_near(greeks, "our_unit_gamma", "gamma", 0.00004, 0.0001)


def test_under_the_default_rate_and_yield_deltas_are_too_high(spx_lake: Lake, contracts: pl.DataFrame) -> None:
    """4% and no dividend put the forward of a year 3.5% too high."""
    greeks = computed_greeks(spx_lake, "VOLS", contracts, f"carry=yield, rate={RATE}")
    assert (greeks["our_unit_delta"] > greeks["delta"]).mean() == pytest.approx(1, abs=0.05)
