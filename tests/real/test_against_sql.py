# ruff: noqa: S608 (the queries are put together from constants of this file)
"""Every metric of every session of both symbols, against SQL over the vendor's files that knows nothing of flowbt."""

import duckdb
import polars as pl
import pytest

pytestmark = pytest.mark.xdist_group("real")  # one lake for all, where xdist runs with --dist loadgroup

CALL = "is_call"
PUT = "NOT is_call"
PREMIUM = "CASE WHEN volume > 0 THEN price * volume * 100 END"


def per_snapshot(expression: str, where: str = "true") -> str:
    """An aggregate over the contracts of each snapshot; 0 where there is nothing to add up."""
    return f"""
        SELECT s.symbol, s.date, coalesce(a.value, 0) AS value FROM snapshot s
        LEFT JOIN (SELECT symbol, date, {expression} AS value FROM contract WHERE {where} GROUP BY ALL) a
        USING (symbol, date)
    """


def combined(formula: str, **parts: str) -> str:
    """A formula over the values of other queries."""
    joins = " ".join(f"JOIN ({query}) AS {name} USING (symbol, date)" for name, query in parts.items())
    values = ", ".join(f"{name}.value AS {name}" for name in parts)
    return f"SELECT symbol, date, {formula} AS value FROM (SELECT symbol, date, spot, {values} FROM snapshot {joins})"


CALL_PREMIUM = per_snapshot(f"sum({PREMIUM})", CALL)
PUT_PREMIUM = per_snapshot(f"sum({PREMIUM})", PUT)
CALLS = per_snapshot("sum(volume)", CALL)
PUTS = per_snapshot("sum(volume)", PUT)
CANDIDATE = f"{CALL} AND delta >= 0.9 AND volume > oi"
CANDIDATE_PREMIUM = per_snapshot(f"sum({PREMIUM})", CANDIDATE)
CANDIDATE_VOLUME = per_snapshot("sum(volume)", CANDIDATE)
FLOW = {
    "c": CALL_PREMIUM, "p": PUT_PREMIUM, "calls": CALLS, "puts": PUTS,
    "cand": CANDIDATE_PREMIUM, "cand_volume": CANDIDATE_VOLUME,
}  # fmt: skip
IS_PLAY = "(cand >= 0.8 * (c + p))"
CALLS_COUNTED = f"(calls - if({IS_PLAY}, cand_volume, 0))"
CALL_PREMIUM_COUNTED = f"(c - if({IS_PLAY}, cand, 0))"

CALL_OI = per_snapshot("sum(oi)", f"live AND {CALL}")
PUT_OI = per_snapshot("sum(oi)", f"live AND {PUT}")

GAMMA = """
    (SELECT *, exp(-0.5 * pow((ln(spot / strike) + (0.04 + iv * iv / 2) * years) / (iv * sqrt(years)), 2))
               / sqrt(2 * pi()) / (spot * iv * sqrt(years)) AS gamma
     FROM (SELECT *, (expiration - date) / 365.0 AS years FROM contract WHERE live))
"""
GEX = f"""
    SELECT symbol, date, if(spot IS NULL, NULL, sum(if(is_call, 1, -1) * coalesce(gamma, 0) * oi * 100)) AS value
    FROM {GAMMA} GROUP BY symbol, date, spot
"""
GEX_COVERAGE = (
    f"SELECT symbol, date, sum(if(gamma IS NULL, 0, oi)) / sum(oi) AS value FROM {GAMMA} GROUP BY symbol, date"
)


def largest(measure: str, table: str, where: str) -> str:
    """The strike at which the measure, summed over live expiries, is largest; the lowest of those that tie."""
    return f"""
        SELECT s.symbol, s.date, first_value AS value FROM snapshot s LEFT JOIN (
            SELECT symbol, date, first(strike ORDER BY total DESC, strike) AS first_value FROM (
                SELECT symbol, date, strike, sum({measure}) AS total FROM {table}
                WHERE live AND {where} GROUP BY ALL HAVING total > 0
            ) GROUP BY ALL
        ) USING (symbol, date)
    """


CONTENTION = largest("oi", "contract", f"{CALL} AND strike > spot")
NEXT_PEAK = largest(
    "oi", f"(SELECT * FROM contract JOIN ({CONTENTION}) USING (symbol, date))", f"{CALL} AND strike > value"
)

# The payout to all holders of an expiry at each of its strikes, by adding up every contract.
PAIN = """
    SELECT x.symbol, x.date, x.spot, x.expiration, x.strike, sum(
        oi * 100 * greatest(if(is_call, x.strike - c.strike, c.strike - x.strike), 0)) AS pain
    FROM (SELECT DISTINCT symbol, date, spot, expiration, strike FROM contract WHERE live) x
    JOIN contract c USING (symbol, date, expiration)
    WHERE (x.symbol, x.date, x.expiration) IN (
        SELECT (symbol, date, expiration) FROM (
            SELECT DISTINCT symbol, date, expiration, dense_rank() OVER (
                PARTITION BY symbol, date ORDER BY expiration) AS place
            FROM contract WHERE live)
        WHERE place <= 4)
    GROUP BY ALL
"""
MAX_PAIN = f"""
    SELECT symbol, date, spot, expiration, min(strike) AS low, max(strike) AS high,
           if(abs(max(strike) - spot) < abs(min(strike) - spot), max(strike), min(strike)) AS max_pain
    FROM (SELECT *, min(pain) OVER (PARTITION BY symbol, date, expiration) AS least FROM ({PAIN}))
    WHERE pain = least GROUP BY symbol, date, spot, expiration
"""


def nearest(formula: str) -> str:
    return f"SELECT symbol, date, first({formula} ORDER BY expiration) AS value FROM ({MAX_PAIN}) GROUP BY symbol, date"


def added(side: str) -> str:
    """Open interest less that of one session before, over live contracts; what is newly listed began at 0."""
    return f"""
        SELECT symbol, date, if(before IS NULL, NULL, change) AS value FROM (
            SELECT n.symbol, n.date, d.before, sum(n.oi - coalesce(o.oi, 0)) AS change FROM contract n
            JOIN (SELECT symbol, date, lag(date) OVER (PARTITION BY symbol ORDER BY date) AS before FROM snapshot) d
                USING (symbol, date)
            LEFT JOIN contract o ON o.symbol = n.symbol AND o.date = d.before AND o.expiration = n.expiration
                AND o.strike = n.strike AND o.is_call = n.is_call
            WHERE n.live AND n.{side} GROUP BY ALL)
    """


def rolling(aggregate: str, sessions: int) -> str:
    return f"""
        SELECT symbol, date, value FROM snapshot JOIN (
            SELECT symbol, date, if(count(*) OVER w = {sessions}, {aggregate}, NULL) AS value FROM bar
            WINDOW w AS (PARTITION BY symbol ORDER BY date ROWS {sessions - 1} PRECEDING))
        USING (symbol, date)
    """


MEAN, SPREAD = "avg(close) OVER w", "stddev_pop(close) OVER w"
DAYS_LEFT = "(SELECT *, expiration - date AS days_left FROM contract WHERE live)"

QUERIES = {
    "spot": "SELECT symbol, date, spot AS value FROM snapshot",
    "total_call_premium": CALL_PREMIUM,
    "total_put_premium": PUT_PREMIUM,
    "total_call_volume": CALLS,
    "candidate_premium": CANDIDATE_PREMIUM,
    "candidate_volume": CANDIDATE_VOLUME,
    "dividend_play_share": combined("cand / (c + p)", **FLOW),
    "dividend_play_premium": combined(f"if({IS_PLAY}, cand, 0)", **FLOW),
    "dividend_play_volume": combined(f"if({IS_PLAY}, cand_volume, 0)", **FLOW),
    "net_premium": combined(f"{CALL_PREMIUM_COUNTED} - p", **FLOW),
    "gross_premium": combined(f"{CALL_PREMIUM_COUNTED} + p", **FLOW),
    "net_premium_ratio": combined(f"({CALL_PREMIUM_COUNTED} - p) / ({CALL_PREMIUM_COUNTED} + p)", **FLOW),
    "net_premium_otm": combined(
        "if(spot IS NULL, NULL, c - p)",
        c=per_snapshot(f"sum({PREMIUM})", f"{CALL} AND strike > spot"),
        p=per_snapshot(f"sum({PREMIUM})", f"{PUT} AND strike < spot"),
    ),
    "call_volume": combined(CALLS_COUNTED, **FLOW),
    "put_volume": PUTS,
    "put_call_volume_ratio": combined(f"puts / {CALLS_COUNTED}", **FLOW),
    "flow_to_stock_ratio": combined(f"(puts / {CALLS_COUNTED}) / (po / co)", **FLOW, po=PUT_OI, co=CALL_OI),
    "call_open_interest": CALL_OI,
    "put_open_interest": PUT_OI,
    "put_call_oi_ratio": combined("po / co", po=PUT_OI, co=CALL_OI),
    "call_oi_change": added("is_call"),
    "put_oi_change": added("is_call = false"),
    "net_gamma_held": GEX,
    "gex": combined("g * spot * spot / 100", g=GEX),
    "gex_coverage": GEX_COVERAGE,
    "dex_net": per_snapshot("sum(delta * oi * 100)", "live"),
    "dex_gross": per_snapshot("sum(abs(delta) * oi * 100)", "live"),
    "call_oi_peak": largest("oi", "contract", CALL),
    "put_oi_peak": largest("oi", "contract", PUT),
    "call_wall": largest("gamma * oi", GAMMA, CALL),
    "put_wall": largest("gamma * oi", GAMMA, PUT),
    "contention_strike": CONTENTION,
    "next_call_peak": NEXT_PEAK,
    "put_floor": largest("oi", "contract", f"{PUT} AND strike < spot"),
    "max_pain": nearest("max_pain"),
    "max_pain_low": nearest("low"),
    "max_pain_high": nearest("high"),
    "max_pain_gap": nearest("(spot - max_pain) / max_pain"),
    "max_pain_term_structure": (
        f"SELECT symbol, date, max(max_pain) - min(max_pain) AS value FROM ({MAX_PAIN}) GROUP BY symbol, date"
    ),
    "strike_step": """
        SELECT symbol, date, first(step ORDER BY expiration) AS value FROM (
            SELECT symbol, date, expiration, min(gap) AS step FROM (
                SELECT *, strike - lag(strike) OVER (PARTITION BY symbol, date, expiration ORDER BY strike) AS gap
                FROM (SELECT DISTINCT symbol, date, expiration, strike FROM contract WHERE live))
            GROUP BY ALL)
        GROUP BY ALL
    """,
    "days_to_expiry": f"SELECT symbol, date, min(days_left) AS value FROM {DAYS_LEFT} GROUP BY symbol, date",
    "nearest_expiration": f"SELECT symbol, date, min(expiration) AS value FROM {DAYS_LEFT} GROUP BY symbol, date",
    "sma_30": rolling(MEAN, 30),
    "sma_200": rolling(MEAN, 200),
    "bollinger_lower": rolling(f"{MEAN} - 2 * {SPREAD}", 20),
    "bollinger_mid": rolling(MEAN, 20),
    "bollinger_upper": rolling(f"{MEAN} + 2 * {SPREAD}", 20),
}


@pytest.mark.parametrize("name", QUERIES)
def test_agrees_on_every_session(name: str, computed: pl.DataFrame, raw: duckdb.DuckDBPyConnection) -> None:
    expected = raw.sql(QUERIES[name]).pl().sort("symbol", "date")
    beside = computed.select("symbol", "date", ours=name).join(
        expected.select("symbol", "date", theirs=pl.col("value").cast(computed.schema[name])),
        on=["symbol", "date"],
        how="full",
        coalesce=True,
    )
    ours, theirs = pl.col("ours"), pl.col("theirs")
    if not computed.schema[name].is_float():
        same = ours.eq_missing(theirs)
    else:
        close = (ours - theirs).abs() <= 1e-9 * pl.max_horizontal(ours.abs(), theirs.abs(), 1e-3)
        same = (ours.is_null() & theirs.is_null()) | close
    differing = beside.filter(~same.fill_null(value=False))
    assert beside.height == 124
    assert differing.is_empty(), differing


def test_every_shipped_snapshot_metric_has_a_query(computed: pl.DataFrame) -> None:
    assert set(computed.columns) - {"symbol", "date"} == set(QUERIES)
