# ruff: noqa: S608 (the queries are put together from constants of this file)
"""Every metric of every session of both symbols, against SQL over the vendor's files that knows nothing of flowbt.

What SQL says badly is computed contract by contract (`exposures_by_hand`) and lies beside the files as a table.
"""

from collections.abc import Callable, Sequence

import duckdb
import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.metrics import SHIPPED, Request, compute

PLAIN = {"carry": "yield"}
"""Everything computed at one rate and no dividends, which the references can follow; `test_carry.py` looks at the default."""

CALL = "is_call"
PUT = "NOT is_call"
PREMIUM = "CASE WHEN volume > 0 THEN price * volume * 100 END"


def per_snapshot(expression: str, where: str = "true", table: str = "contract", empty: str = "0") -> str:
    """An aggregate over the contracts of each snapshot; 0 where there is nothing to add up."""
    return f"""
        SELECT s.symbol, s.date, coalesce(a.value, {empty}) AS value FROM snapshot s
        LEFT JOIN (SELECT symbol, date, {expression} AS value FROM {table} WHERE {where} GROUP BY symbol, date) a
        USING (symbol, date)
    """


def combined(formula: str, **parts: str) -> str:
    """A formula over the values of other queries."""
    joins = " ".join(f"JOIN ({query}) AS {name} USING (symbol, date)" for name, query in parts.items())
    values = ", ".join(f"{name}.value AS {name}" for name in parts)
    return f"SELECT symbol, date, {formula} AS value FROM (SELECT symbol, date, spot, {values} FROM snapshot {joins})"


# The calls that a dividend play would be done in (those too that expire on the day), and whether they turned over.
DEEP = """
    SELECT c.*, c.volume > c.oi AND c.volume <= 10 * c.oi AS turned
    FROM contract c JOIN contract p USING (symbol, date, expiration, strike)
    WHERE c.is_call AND NOT p.is_call AND c.spot IS NOT NULL
      AND c.delta >= 0.9 AND c.oi >= 10 AND p.price <= greatest(0.001 * c.spot, 0.01)
"""
PLAY = per_snapshot("count_if(turned) >= 20 AND sum(if(turned, oi, 0)) >= 0.4 * sum(oi)", "live", "deep", empty="false")
PLAYED = f"SELECT d.* FROM deep d JOIN ({PLAY}) p USING (symbol, date) WHERE live AND turned AND p.value"
CONFIRMED = """
    SELECT d.symbol, d.date,
           if(d.before IS NULL, NULL, coalesce(gone >= 10 AND gone >= 0.5 * turned, false)) AS value
    FROM session d LEFT JOIN (
        SELECT s.symbol, s.date, count(*) AS turned, count_if(n.oi <= 0.5 * o.oi) AS gone
        FROM session s JOIN deep o ON o.symbol = s.symbol AND o.date = s.before AND o.turned
        JOIN contract n ON n.symbol = s.symbol AND n.date = s.date AND n.is_call
            AND n.expiration = o.expiration AND n.strike = o.strike
        GROUP BY ALL) USING (symbol, date)
"""


def flow(where: str = "true") -> dict[str, str]:
    """What traded in some of the contracts: premium of calls (`c`) and puts (`p`), contracts, and those of a play."""
    return {
        "c": per_snapshot(f"sum({PREMIUM})", f"{CALL} AND {where}"),
        "p": per_snapshot(f"sum({PREMIUM})", f"{PUT} AND {where}"),
        "calls": per_snapshot("sum(volume)", f"{CALL} AND {where}"),
        "puts": per_snapshot("sum(volume)", f"{PUT} AND {where}"),
        "turned": per_snapshot(f"sum({PREMIUM})", f"live AND turned AND {where}", "deep"),
        "turned_volume": per_snapshot("sum(volume)", f"live AND turned AND {where}", "deep"),
        "play": PLAY,
    }


FLOW = flow()
CALLS_COUNTED = "(calls - if(play, turned_volume, 0))"
CALL_PREMIUM_COUNTED = "(c - if(play, turned, 0))"
OTM = "((is_call AND strike > spot) OR (NOT is_call AND strike < spot))"

CALL_OI = per_snapshot("sum(oi)", f"live AND {CALL}")
PUT_OI = per_snapshot("sum(oi)", f"live AND {PUT}")

GAMMA = """
    SELECT *, exp(-0.5 * pow((ln(spot / strike) + (0.04 + iv * iv / 2) * years) / (iv * sqrt(years)), 2))
              / sqrt(2 * pi()) / (spot * iv * sqrt(years)) AS gamma
    FROM (SELECT *, (expiration - date) / 365.0 AS years FROM contract WHERE live)
"""


def gamma_held(of_call: str = "1", of_put: str = "-1", where: str = "true") -> str:
    return f"""
        SELECT symbol, date, if(spot IS NULL, NULL, sum(if(is_call, {of_call}, {of_put}) * coalesce(gamma, 0) * oi * 100))
               AS value
        FROM gamma_of WHERE {where} GROUP BY symbol, date, spot
    """


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
    JOIN (SELECT * FROM contract WHERE oi > 0) c USING (symbol, date, expiration)
    GROUP BY ALL
"""
MAX_PAIN = f"""
    SELECT symbol, date, spot, expiration, min(strike) AS low, max(strike) AS high,
           if(abs(max(strike) - spot) < abs(min(strike) - spot), max(strike), min(strike)) AS value,
           row_number() OVER (PARTITION BY symbol, date ORDER BY expiration) AS place
    FROM (SELECT *, min(pain) OVER (PARTITION BY symbol, date, expiration) AS least FROM ({PAIN}))
    WHERE pain = least GROUP BY symbol, date, spot, expiration
"""


def per_expiry(query: str) -> str:
    """The values of a query (`symbol, date, expiration, value`), null for the expiries it leaves out."""
    return f"""
        SELECT symbol, date, expiration, a.value FROM expiry LEFT JOIN ({query}) a USING (symbol, date, expiration)
    """


def nearest(query: str) -> str:
    """The value of the nearest live expiry."""
    return f"""
        SELECT symbol, date, first(value ORDER BY expiration) AS value FROM ({query})
        WHERE expiration > date GROUP BY symbol, date
    """


def of_max_pain(formula: str) -> str:
    return per_expiry(f"SELECT symbol, date, expiration, {formula} AS value FROM max_pain")


def added(side: str) -> str:
    """Open interest less that of one session before, over live contracts; what is newly listed began at 0."""
    return f"""
        SELECT symbol, date, if(before IS NULL, NULL, change) AS value FROM (
            SELECT n.symbol, n.date, d.before, sum(n.oi - coalesce(o.oi, 0)) AS change FROM contract n
            JOIN session d USING (symbol, date)
            LEFT JOIN contract o ON o.symbol = n.symbol AND o.date = d.before AND o.expiration = n.expiration
                AND o.strike = n.strike AND o.is_call = n.is_call
            WHERE n.live AND n.{side} GROUP BY ALL)
    """


# Each live contract's change of open interest, and what traded in the session that made it (`added` tells the rest).
CHANGED = """
    SELECT n.symbol, n.date, n.spot, n.expiration, n.strike, n.is_call, n.delta, n.expiration - n.date AS days_left,
           n.oi - coalesce(o.oi, 0) AS change, coalesce(o.volume, 0) AS traded
    FROM contract n JOIN session d USING (symbol, date)
    LEFT JOIN contract o ON o.symbol = n.symbol AND o.date = d.before AND o.expiration = n.expiration
        AND o.strike = n.strike AND o.is_call = n.is_call
    WHERE n.live AND d.before IS NOT NULL
"""


def of_changes(aggregate: str) -> str:
    return f"""
        SELECT s.symbol, s.date, a.value FROM snapshot s
        LEFT JOIN (SELECT symbol, date, {aggregate} AS value FROM changed GROUP BY ALL) a USING (symbol, date)
    """


def added_per_expiry(side: str) -> str:
    return per_expiry(f"SELECT symbol, date, expiration, sum(change) AS value FROM changed WHERE {side} GROUP BY ALL")


PROTECTIVE = f"""
    SELECT * FROM changed
    WHERE {PUT} AND strike < spot AND delta BETWEEN -0.45 AND -0.10 AND days_left BETWEEN 7 AND 90 AND change > 0
"""
PAYING = f"""
    SELECT * FROM changed
    WHERE {CALL} AND delta BETWEEN 0.10 AND 0.40 AND days_left BETWEEN 7 AND 90 AND change > 0
"""
IS_KNOWN = "s.spot IS NOT NULL AND s.date > (SELECT min(date) FROM snapshot)"


def of_protection(aggregate: str) -> str:
    return f"""
        SELECT s.symbol, s.date, if({IS_KNOWN}, a.value, NULL) AS value FROM snapshot s
        LEFT JOIN (SELECT symbol, date, {aggregate} AS value FROM ({PROTECTIVE}) GROUP BY ALL) a USING (symbol, date)
    """


def collars(delta_within: float = 0.15) -> str:
    """Puts that found a call, the largest first and each taking the nearest in size that those before have left."""
    return f"""
        WITH RECURSIVE puts AS MATERIALIZED (
            SELECT *, row_number() OVER (PARTITION BY symbol, date ORDER BY change DESC, strike) AS place FROM ({PROTECTIVE})
        ), calls AS MATERIALIZED (
            SELECT *, CAST(expiration AS VARCHAR) || strike AS name FROM ({PAYING})
        ), walk AS (
            SELECT symbol, date, 0 AS place, CAST([] AS VARCHAR[]) AS taken, CAST(0 AS BIGINT) AS matched FROM snapshot
            UNION ALL
            SELECT symbol, date, place + 1, if(found IS NULL, taken, list_append(taken, found)),
                   matched + if(found IS NULL, 0, size)
            FROM (
                SELECT w.symbol, w.date, w.place, any_value(w.taken) AS taken, any_value(w.matched) AS matched,
                       any_value(p.change) AS size, first(c.name ORDER BY abs(c.change - p.change), c.strike) AS found
                FROM walk w
                JOIN puts p ON p.symbol = w.symbol AND p.date = w.date AND p.place = w.place + 1
                LEFT JOIN calls c ON c.symbol = w.symbol AND c.date = w.date AND c.expiration = p.expiration
                    AND c.change / p.change BETWEEN 0.8 AND 1.25 AND abs(c.delta + p.delta) <= {delta_within} + 1e-9
                    AND NOT list_contains(w.taken, c.name)
                GROUP BY w.symbol, w.date, w.place)
        )
        SELECT s.symbol, s.date, if({IS_KNOWN}, max(w.matched), NULL) AS value FROM snapshot s
        JOIN walk w USING (symbol, date) GROUP BY s.symbol, s.date, s.spot
    """


PROTECTIVE_ADDED = of_protection("sum(change)")
BREADTH = of_protection("pow(sum(change), 2) / sum(change * change)")
BREACHED = of_protection("count_if(change > traded) / count(*)")
COLLARS = {"matched": collars(), "added": PROTECTIVE_ADDED}


def hedging_reading(plain_below: float = 0.15, collars_above: float = 0.40) -> str:
    reading = f"""
        CASE WHEN matched / added < {plain_below} THEN 'plain puts'
             WHEN matched / added > {collars_above} THEN 'collars'
             WHEN matched / added IS NOT NULL THEN 'mixed' END
    """
    return combined(reading, **COLLARS)


USUAL = f"""
    SELECT symbol, date, if(count(value) OVER w >= 5, median(value) OVER w, NULL) AS value FROM ({PROTECTIVE_ADDED})
    WINDOW w AS (PARTITION BY symbol ORDER BY date ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING)
"""
HEDGING_CONFIDENCE = combined(
    "if(added IS NULL OR usual IS NULL, NULL, (1 - breached) * (1 - 1 / breadth) * least(added / usual, 1))",
    added=PROTECTIVE_ADDED,
    usual=USUAL,
    breadth=BREADTH,
    breached=BREACHED,
)


def of_clusters(aggregate: str, side: str, where: str = "true") -> str:
    """An aggregate over a side's strikes by place: `total` held there, of `whole`, `gap` to the strike counted before."""
    return f"""
        SELECT s.symbol, s.date, a.value FROM snapshot s LEFT JOIN (
            SELECT symbol, date, {aggregate} AS value FROM (
                SELECT *, strike - lag(strike) OVER (PARTITION BY symbol, date ORDER BY strike) AS gap FROM (
                    SELECT *, sum(total) OVER (PARTITION BY symbol, date) AS whole,
                           row_number() OVER (PARTITION BY symbol, date ORDER BY total DESC, strike) AS place
                    FROM (SELECT symbol, date, spot, strike, sum(oi) AS total FROM contract
                          WHERE live AND {side} GROUP BY ALL HAVING total > 0))
                WHERE {where})
            GROUP BY ALL
        ) a USING (symbol, date)
    """


def cluster(rank: int, side: str) -> str:
    return of_clusters("any_value(strike)", side, f"place = {rank}")


def band(end: str, side: str, k: int = 3, within: float = 0.05) -> str:
    return of_clusters(f"if(max(gap) <= {within} * any_value(spot), {end}(strike), NULL)", side, f"place <= {k}")


NET_OI = "(SELECT * REPLACE (if(is_call, oi, -oi) AS oi) FROM contract)"
NET_GAMMA = "(SELECT * REPLACE (if(is_call, gamma, -gamma) AS gamma) FROM gamma_of)"

STEP = """
    SELECT symbol, date, expiration, min(gap) AS value FROM (
        SELECT *, strike - lag(strike) OVER (PARTITION BY symbol, date, expiration ORDER BY strike) AS gap
        FROM (SELECT DISTINCT symbol, date, expiration, strike FROM contract))
    GROUP BY ALL
"""
FLAT = f"""
    SELECT symbol, date, if(count(*) > 1,
        max(m.value) - min(m.value) <= max(s.value) OR max(m.value) - min(m.value) <= 0.0025 * any_value(spot), NULL
    ) AS value
    FROM max_pain m JOIN ({STEP}) s USING (symbol, date, expiration) WHERE place <= 4 GROUP BY symbol, date
"""

# The mean volatility of a strike's call and put, on the line between the strikes around the spot.
ATM = """
    SELECT symbol, date, expiration, if(low = high, low_iv, low_iv + (spot - low) / (high - low) * (high_iv - low_iv))
           AS value
    FROM (
        SELECT symbol, date, expiration, spot,
               max(strike) FILTER (strike <= spot) AS low, arg_max(iv, strike) FILTER (strike <= spot) AS low_iv,
               min(strike) FILTER (strike >= spot) AS high, arg_min(iv, strike) FILTER (strike >= spot) AS high_iv
        FROM (SELECT symbol, date, expiration, spot, strike, avg(iv) AS iv FROM contract
              GROUP BY ALL HAVING count(iv) > 0)
        GROUP BY ALL)
"""
STRADDLE = """
    SELECT symbol, date, expiration, first(call + put ORDER BY abs(strike - spot), strike) AS value FROM (
        SELECT symbol, date, expiration, spot, strike, sum(price) FILTER (is_call AND volume > 0) AS call,
               sum(price) FILTER (NOT is_call AND volume > 0) AS put
        FROM contract WHERE spot IS NOT NULL GROUP BY ALL)
    GROUP BY ALL
"""


def at_delta(side: str, delta: float = 0.25) -> str:
    """The volatility on the line between the two out-of-the-money options whose deltas lie around; of ties the lowest strike's."""
    away = "strike >= spot" if side == CALL else "strike <= spot"
    return f"""
        SELECT symbol, date, expiration,
               near_iv + ({delta} - near) / nullif(far - near, 0) * (far_iv - near_iv) AS value
        FROM (
            SELECT symbol, date, expiration,
                   min(abs(delta)) FILTER (abs(delta) >= {delta}) AS near,
                   first(iv ORDER BY abs(delta), abs(strike - spot)) FILTER (abs(delta) >= {delta}) AS near_iv,
                   max(abs(delta)) FILTER (abs(delta) < {delta}) AS far,
                   first(iv ORDER BY abs(delta) DESC, abs(strike - spot)) FILTER (abs(delta) < {delta}) AS far_iv
            FROM contract WHERE iv IS NOT NULL AND {side} AND {away} GROUP BY ALL)
    """


def at_tenor(query: str, days: int = 30) -> str:
    """The volatility of so many days: its variance times time lies on the line between those of the expiries around."""
    return f"""
        SELECT s.symbol, s.date, sqrt(
            if(low = high, low_total, low_total + ({days} - low) / (high - low) * (high_total - low_total)) / {days}
        ) AS value
        FROM snapshot s LEFT JOIN (
            SELECT symbol, date,
                   max(days_left) FILTER (days_left <= {days}) AS low, min(days_left) FILTER (days_left >= {days}) AS high,
                   arg_max(total, days_left) FILTER (days_left <= {days}) AS low_total,
                   arg_min(total, days_left) FILTER (days_left >= {days}) AS high_total
            FROM (SELECT symbol, date, expiration - date AS days_left, value * value * (expiration - date) AS total
                  FROM ({query}) WHERE value IS NOT NULL AND expiration > date)
            GROUP BY ALL
        ) USING (symbol, date)
    """


IV_30D = at_tenor("SELECT * FROM atm")


def unusual(where: str = "true") -> str:
    standing_out = "volume > 500 AND oi > 100 AND price > 0.10 AND volume >= 1.25 * oi"
    return per_snapshot("count(*)", f"{standing_out} AND {where}")


def large(aggregate: str, least: float = 1_000_000, share: float = 0.01) -> str:
    """An aggregate over the contracts with a large day, `premium` that of each."""
    return f"""
        SELECT s.symbol, s.date, coalesce(a.value, 0) AS value FROM snapshot s LEFT JOIN (
            SELECT symbol, date, {aggregate} AS value FROM (
                SELECT *, sum(premium) OVER (PARTITION BY symbol, date) AS gross
                FROM (SELECT *, {PREMIUM} AS premium FROM contract) c ANTI JOIN played
                    USING (is_call, symbol, date, expiration, strike))
            WHERE premium >= {least} AND premium >= {share} * gross AND volume >= 1.25 * oi GROUP BY ALL
        ) a USING (symbol, date)
    """


def rolling(aggregate: str, sessions: int) -> str:
    return f"""
        SELECT symbol, date, value FROM snapshot JOIN (
            SELECT symbol, date, if(count(*) OVER w = {sessions}, {aggregate}, NULL) AS value FROM bar
            WINDOW w AS (PARTITION BY symbol ORDER BY date ROWS {sessions - 1} PRECEDING))
        USING (symbol, date)
    """


def of_bar(formula: str, back: int = 1) -> str:
    """A formula over open, high, low and close (o, h, l, c) of the bar so many sessions before."""
    prices = ", ".join(f"lag({name}, {back}) OVER w AS {name[0]}" for name in ("open", "high", "low", "close"))
    return f"""
        SELECT symbol, date, {formula} AS value FROM snapshot JOIN (
            SELECT symbol, date, {prices} FROM bar WINDOW w AS (PARTITION BY symbol ORDER BY date))
        USING (symbol, date)
    """


VARIANCE = """
    SELECT symbol, date, value FROM snapshot JOIN (
        SELECT symbol, date, if(count(gain) OVER w = 21, var_samp(gain) OVER w * 252, NULL) AS value FROM (
            SELECT symbol, date, ln(close / lag(close) OVER (PARTITION BY symbol ORDER BY date)) AS gain FROM bar)
        WINDOW w AS (PARTITION BY symbol ORDER BY date ROWS 20 PRECEDING))
    USING (symbol, date)
"""
MEAN, SPREAD = "avg(close) OVER w", "stddev_pop(close) OVER w"


def by_hand_of(column: str, formula: str = "value") -> str:
    return combined(formula, value=f"SELECT symbol, date, {column} AS value FROM by_hand")


TABLES = {
    "session": "SELECT *, lag(date) OVER (PARTITION BY symbol ORDER BY date) AS before FROM snapshot",
    "expiry": "SELECT DISTINCT symbol, date, spot, expiration FROM contract",
    "deep": DEEP,
    "gamma_of": GAMMA,
    "max_pain": MAX_PAIN,
    "changed": CHANGED,
    "atm": per_expiry(ATM),
    "played": PLAYED,
}
"""What several queries read, in an order in which each reads only those before."""

PER_EXPIRY = {
    "max_pain": of_max_pain("value"),
    "max_pain_low": of_max_pain("low"),
    "max_pain_high": of_max_pain("high"),
    "max_pain_width": of_max_pain("high - low"),
    "max_pain_gap": of_max_pain("(spot - value) / value"),
    "strike_step": STEP,
    "forward_price": per_expiry(
        "SELECT symbol, date, expiration, spot * exp(0.04 * (expiration - date) / 365.0) AS value FROM expiry"
    ),
    "days_to_expiry": "SELECT symbol, date, expiration, expiration - date AS value FROM expiry",
    # these files date no expiry on a holiday
    "last_trading_day": "SELECT symbol, date, expiration, expiration AS value FROM expiry",
    "expiry_call_oi_change": added_per_expiry(CALL),
    "expiry_put_oi_change": added_per_expiry(PUT),
    "atm_iv": "SELECT symbol, date, expiration, value FROM atm",
    "atm_straddle": per_expiry(STRADDLE),
    "expected_move": per_expiry(
        "SELECT symbol, date, expiration, spot * value * sqrt((expiration - date) / 365) AS value "
        "FROM atm JOIN expiry USING (symbol, date, expiration) WHERE expiration > date"
    ),
    "call_iv_at_delta": per_expiry(at_delta(CALL)),
    "put_iv_at_delta": per_expiry(at_delta(PUT)),
}
PER_EXPIRY_UNDER_PARAMETERS = {
    "expected_move(form=straddle)": PER_EXPIRY["atm_straddle"],
    "expected_move(form=straddle_85)": per_expiry(f"SELECT * REPLACE (0.85 * value AS value) FROM ({STRADDLE})"),
    "put_iv_at_delta(delta=0.1)": per_expiry(at_delta(PUT, 0.1)),
    "call_iv_at_delta(delta=0.4)": per_expiry(at_delta(CALL, 0.4)),
}

NOT_IN_THESE_FILES = (
    *("priced_below_intrinsic", "priced_above_bound"),
    *("net_premium_signed", "signed_premium_coverage", "blocks", "block_premium", "net_block_premium"),
    *("sweeps", "sweep_premium", "net_sweep_premium"),
)
"""What needs quotes or a tape."""

QUERIES = {
    **dict.fromkeys(NOT_IN_THESE_FILES, "SELECT symbol, date, NULL AS value FROM snapshot"),
    **{name: nearest(query) for name, query in PER_EXPIRY.items()},
    "spot": "SELECT symbol, date, spot AS value FROM snapshot",
    "spot_source": "SELECT symbol, date, spot_source AS value FROM snapshot",
    "total_call_premium": combined("c", **FLOW),
    "total_put_premium": combined("p", **FLOW),
    "total_call_volume": combined("calls", **FLOW),
    "dividend_play_share": per_snapshot("sum(if(turned, oi, 0)) / sum(oi)", "live", "deep", empty="NULL"),
    "dividend_play_calls": per_snapshot("count_if(turned)", "live", "deep"),
    "is_dividend_play": combined("if(spot IS NULL, NULL, play)", play=PLAY),
    "turned_over_premium": combined("turned", **FLOW),
    "turned_over_volume": combined("turned_volume", **FLOW),
    "dividend_play_premium": combined("if(play, turned, 0)", **FLOW),
    "dividend_play_volume": combined("if(play, turned_volume, 0)", **FLOW),
    "dividend_play_confirmed": CONFIRMED,
    "net_premium": combined(f"{CALL_PREMIUM_COUNTED} - p", **FLOW),
    "gross_premium": combined(f"{CALL_PREMIUM_COUNTED} + p", **FLOW),
    "net_premium_ratio": combined(f"({CALL_PREMIUM_COUNTED} - p) / ({CALL_PREMIUM_COUNTED} + p)", **FLOW),
    "net_premium_otm": combined("if(spot IS NULL, NULL, c - p)", **flow(OTM)),
    "call_volume": combined(CALLS_COUNTED, **FLOW),
    "put_volume": combined("puts", **FLOW),
    "put_call_volume_ratio": combined(f"puts / {CALLS_COUNTED}", **FLOW),
    "flow_to_stock_ratio": combined(f"(puts / {CALLS_COUNTED}) / (po / co)", **FLOW, po=PUT_OI, co=CALL_OI),
    "unusual_contracts": unusual(),
    "large_contracts": large("count(*)"),
    "large_call_premium": large("sum(if(is_call, premium, 0))"),
    "large_put_premium": large("sum(if(is_call, 0, premium))"),
    "large_net_premium": large("sum(if(is_call, premium, -premium))"),
    "call_open_interest": CALL_OI,
    "put_open_interest": PUT_OI,
    "put_call_oi_ratio": combined("po / co", po=PUT_OI, co=CALL_OI),
    "call_oi_change": added("is_call"),
    "put_oi_change": added("is_call = false"),
    "oi_breaches": of_changes("count_if(abs(change) > traded)"),
    "oi_breach_share": of_changes("count_if(abs(change) > traded) / count_if(change <> 0)"),
    "protective_puts_added": PROTECTIVE_ADDED,
    "protective_put_breadth": BREADTH,
    "protective_put_breach_share": BREACHED,
    "collared_puts_added": collars(),
    "collar_share": combined("matched / added", **COLLARS),
    "hedging_reading": hedging_reading(),
    "hedging_confidence": HEDGING_CONFIDENCE,
    "net_gamma_held": gamma_held(),
    "gex": combined("g * spot * spot / 100", g=gamma_held()),
    "gex_coverage": "SELECT symbol, date, sum(if(gamma IS NULL, 0, oi)) / sum(oi) AS value FROM gamma_of GROUP BY ALL",
    "without_volatility": per_snapshot("count(*)", "live AND oi > 0 AND iv IS NULL"),
    "dex_net": per_snapshot("sum(delta * oi * 100)", "live"),
    "dex_gross": per_snapshot("sum(abs(delta) * oi * 100)", "live"),
    "net_vanna_held": by_hand_of("vanna"),
    "vanna_exposure": by_hand_of("vanna", "value * spot"),
    "net_charm_held": by_hand_of("charm"),
    "charm_exposure": by_hand_of("charm", "value * spot"),
    "zero_gamma": by_hand_of("zero_gamma"),
    "zero_gamma_status": by_hand_of("status"),
    "gex_profile": by_hand_of("profile"),
    "call_oi_peak": largest("oi", "contract", CALL),
    "put_oi_peak": largest("oi", "contract", PUT),
    "call_wall": largest("gamma * oi", "gamma_of", CALL),
    "put_wall": largest("gamma * oi", "gamma_of", PUT),
    "absolute_gamma_strike": largest("gamma * oi", "gamma_of", "true"),
    "contention_strike": CONTENTION,
    "next_call_peak": NEXT_PEAK,
    "put_floor": largest("oi", "contract", f"{PUT} AND strike < spot"),
    "call_oi_cluster": cluster(1, CALL),
    "put_oi_cluster": cluster(1, PUT),
    "call_oi_cluster_size": of_clusters("max(total)", CALL),
    "put_oi_cluster_size": of_clusters("max(total)", PUT),
    "call_oi_cluster_share": of_clusters("sum(total) / any_value(whole)", CALL, "place <= 3"),
    "put_oi_cluster_share": of_clusters("sum(total) / any_value(whole)", PUT, "place <= 3"),
    "call_oi_concentration": of_clusters("sum(pow(total / whole, 2))", CALL),
    "put_oi_concentration": of_clusters("sum(pow(total / whole, 2))", PUT),
    "call_oi_band_low": band("min", CALL),
    "call_oi_band_high": band("max", CALL),
    "put_oi_band_low": band("min", PUT),
    "put_oi_band_high": band("max", PUT),
    "max_pain_term_structure": (
        "SELECT symbol, date, max(value) - min(value) AS value FROM max_pain WHERE place <= 4 GROUP BY symbol, date"
    ),
    "max_pain_flat": FLAT,
    "nearest_expiration": nearest("SELECT symbol, date, expiration, expiration AS value FROM expiry"),
    "iv_30d": IV_30D,
    "skew_25d": combined("c - p", c=at_tenor(at_delta(CALL)), p=at_tenor(at_delta(PUT))),
    "term_slope": combined("far - near", far=at_tenor("SELECT * FROM atm", 90), near=IV_30D),
    "vrp": combined("iv * iv - realized", iv=IV_30D, realized=VARIANCE),
    "realized_variance": VARIANCE,
    "sma_30": rolling(MEAN, 30),
    "sma_200": rolling(MEAN, 200),
    "bollinger_lower": rolling(f"{MEAN} - 2 * {SPREAD}", 20),
    "bollinger_mid": rolling(MEAN, 20),
    "bollinger_upper": rolling(f"{MEAN} + 2 * {SPREAD}", 20),
    "low_30": rolling("min(low) OVER w", 30),
    "high_30": rolling("max(high) OVER w", 30),
    "pivot": of_bar("(h + l + c) / 3"),
    "support_1": of_bar("2 * (h + l + c) / 3 - h"),
    "support_2": of_bar("(h + l + c) / 3 - (h - l)"),
    "support_3": of_bar("l - 2 * (h - (h + l + c) / 3)"),
    "resistance_1": of_bar("2 * (h + l + c) / 3 - l"),
    "resistance_2": of_bar("(h + l + c) / 3 + (h - l)"),
    "resistance_3": of_bar("h + 2 * ((h + l + c) / 3 - l)"),
}

DEMARK = "(h + l + c + if(c < o, l, if(c > o, h, c))) / 4"
# The exchange was closed on Friday 19 June, a third Friday, and on Friday 3 July 2026; what would expire then expires before.
THIS_FRIDAY = """
    expiration = CASE WHEN date BETWEEN DATE '2026-06-12' AND DATE '2026-06-17' THEN DATE '2026-06-18'
                      WHEN date BETWEEN DATE '2026-06-26' AND DATE '2026-07-01' THEN DATE '2026-07-02'
                      WHEN date = DATE '2026-06-18' THEN DATE '2026-06-26'
                      WHEN date = DATE '2026-07-02' THEN DATE '2026-07-10'
                      ELSE date + CAST(7 - (isodow(date) + 2) % 7 AS INTEGER) END
"""
MONTHLY = """
    (isodow(expiration) = 5 AND day(expiration) BETWEEN 15 AND 21 OR expiration = DATE '2026-06-18')
"""
BY_DELTA = {side: per_snapshot("sum(oi * abs(delta))", f"live AND {side}") for side in (CALL, PUT)}
UNDER_PARAMETERS = {
    "pivot(session=next)": of_bar("(h + l + c) / 3", back=0),
    "support_3(kind=camarilla)": of_bar("c - 1.1 * (h - l) / 4"),
    "resistance_2(kind=fibonacci)": of_bar("(h + l + c) / 3 + 0.618 * (h - l)"),
    "support_1(kind=woodie)": of_bar("(h + l + 2 * c) / 2 - h"),
    "resistance_1(kind=demark)": of_bar(f"2 * {DEMARK} - l"),
    "support_2(kind=demark)": of_bar("NULL"),
    "call_oi_cluster(rank=3)": cluster(3, CALL),
    "put_oi_cluster(rank=2)": cluster(2, PUT),
    "put_oi_cluster_size(rank=2)": of_clusters("any_value(total)", PUT, "place = 2"),
    "call_oi_cluster_share(k=10)": of_clusters("sum(total) / any_value(whole)", CALL, "place <= 10"),
    "put_oi_band_low(k=5, within=0.02)": band("min", PUT, 5, 0.02),
    "put_floor(rank=2)": of_clusters("list(strike ORDER BY place)[2]", PUT, "strike < spot"),
    "call_wall(by=open_interest)": largest("oi", "contract", CALL),
    "call_wall(where=above)": largest("gamma * oi", "gamma_of", f"{CALL} AND strike > spot"),
    "put_wall(where=below)": largest("gamma * oi", "gamma_of", f"{PUT} AND strike < spot"),
    "call_wall(of=net)": largest("gamma * oi", NET_GAMMA, "true"),
    "put_wall(of=net)": largest("-gamma * oi", NET_GAMMA, "true"),
    "put_wall(by=open_interest, of=net)": largest("-oi", NET_OI, "true"),
    "net_premium(dividend_plays=include)": combined("c - p", **FLOW),
    "gex(unit=shares_1pct)": combined("g * spot / 100", g=gamma_held()),
    "gex(unit=usd_1pt, position=short_all)": combined("g * spot", g=gamma_held("-1", "-1")),
    "gex(position=absolute)": combined("g * spot * spot / 100", g=gamma_held("1", "1")),
    "skew_25d(days=60, delta=0.1)": combined(
        "c - p", c=at_tenor(at_delta(CALL, 0.1), 60), p=at_tenor(at_delta(PUT, 0.1), 60)
    ),
    "put_call_volume_ratio[dte<=7]": combined(f"puts / {CALLS_COUNTED}", **flow("expiration - date <= 7")),
    "net_premium[otm]": combined("if(spot IS NULL, NULL, c - p)", **flow(OTM)),
    "net_premium[itm]": combined(
        f"if(spot IS NULL, NULL, {CALL_PREMIUM_COUNTED} - p)",
        **{**flow(f"strike <> spot AND NOT {OTM}"), "turned": FLOW["turned"]},
    ),
    "call_open_interest[expiry=this_friday]": per_snapshot("sum(oi)", f"live AND {CALL} AND {THIS_FRIDAY}"),
    "put_open_interest[delta<=0.4]": per_snapshot("sum(oi)", f"live AND {PUT} AND abs(delta) <= 0.4"),
    "gex[dte<=7]": combined("g * spot * spot / 100", g=gamma_held(where="expiration - date <= 7")),
    "dex_net[moneyness>=0.9]": per_snapshot("sum(delta * oi * 100)", "live AND strike / spot >= 0.9", empty="NULL"),
    "max_pain[expiry=monthly]": nearest(f"SELECT * FROM max_pain WHERE {MONTHLY}"),
    "put_call_oi_ratio[weight=delta]": combined("po / co", po=BY_DELTA[PUT], co=BY_DELTA[CALL]),
    "unusual_contracts[otm]": combined(
        "if(spot IS NULL, NULL, n)", n=unusual(f"if({CALL}, strike > spot, strike < spot)")
    ),
    "large_net_premium(min_premium=5000000, min_gross_share=0.02)": large(
        "sum(if(is_call, premium, -premium))", 5_000_000, 0.02
    ),
    "collared_puts_added(delta_within=0.05)": collars(0.05),
    "hedging_reading(plain_below=0.05, collars_above=0.1)": hedging_reading(0.05, 0.1),
}


@pytest.fixture(scope="session")
def by_hand(raw: duckdb.DuckDBPyConnection, exposures_by_hand: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    return exposures_by_hand(raw.sql("SELECT * FROM contract WHERE live AND iv IS NOT NULL AND oi > 0").pl())


@pytest.fixture(scope="session")
def tables(raw: duckdb.DuckDBPyConnection, by_hand: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """The files in DuckDB, with what several queries read and what was computed by hand."""
    for name, query in TABLES.items():
        raw.execute(f"CREATE TABLE {name} AS {query}")
    raw.register("by_hand", by_hand)
    return raw


@pytest.fixture(scope="session")
def under_parameters(real_lake: Lake, ingested: IngestOutcome) -> pl.DataFrame:
    assert ingested.files
    return compute(real_lake, Request(("IWM", "TLT"), metrics=tuple(UNDER_PARAMETERS), overrides=PLAIN))


@pytest.fixture(scope="session")
def of_expiries(real_lake: Lake, ingested: IngestOutcome) -> pl.DataFrame:
    assert ingested.files
    names = (*PER_EXPIRY, *PER_EXPIRY_UNDER_PARAMETERS)
    return compute(real_lake, Request(("IWM", "TLT"), grain="expiry", metrics=names, overrides=PLAIN))


@pytest.mark.parametrize("name", QUERIES)
def test_agrees_on_every_session(name: str, computed: pl.DataFrame, tables: duckdb.DuckDBPyConnection) -> None:
    assert computed.height == 124
    assert_agrees(name, computed, tables.sql(QUERIES[name]).pl())


@pytest.mark.parametrize("name", UNDER_PARAMETERS)
def test_agrees_under_parameters(name: str, under_parameters: pl.DataFrame, tables: duckdb.DuckDBPyConnection) -> None:
    assert under_parameters.height == 124
    assert_agrees(name, under_parameters, tables.sql(UNDER_PARAMETERS[name]).pl())


@pytest.mark.parametrize("name", PER_EXPIRY | PER_EXPIRY_UNDER_PARAMETERS)
def test_agrees_on_every_expiry(name: str, of_expiries: pl.DataFrame, tables: duckdb.DuckDBPyConnection) -> None:
    query = (PER_EXPIRY | PER_EXPIRY_UNDER_PARAMETERS)[name]
    assert_agrees(name, of_expiries, tables.sql(query).pl(), ("symbol", "date", "expiration"))


@pytest.mark.parametrize("name", NOT_IN_THESE_FILES)
def test_is_null_without_quotes_and_tape(name: str, computed: pl.DataFrame) -> None:
    assert computed[name].null_count() == 124


def test_zero_gamma_is_where_the_exposure_added_up_anew_is_zero(computed: pl.DataFrame, by_hand: pl.DataFrame) -> None:
    beside = computed.select("symbol", "date", "zero_gamma", "spot").join(by_hand, on=["symbol", "date"])
    crossed = beside.filter(pl.col("status") == "crossed")
    # interpolated between points 0.24% apart, it is near the spot at which the exposure, added up anew, is 0
    far = (pl.col("zero_gamma") / pl.col("exact_zero_gamma") - 1).abs() > 2e-4
    assert crossed.height > 60
    assert crossed.filter(far).is_empty()


def assert_agrees(
    name: str, computed: pl.DataFrame, expected: pl.DataFrame, key: Sequence[str] = ("symbol", "date")
) -> None:
    beside = computed.select(*key, ours=name).join(
        expected.select(*key, theirs=pl.col("value").cast(computed.schema[name])), on=key, how="full", coalesce=True
    )
    assert beside.height == computed.height
    if computed.schema[name] == pl.List(pl.Float64):
        beside = beside.explode("ours", "theirs")
    ours, theirs = pl.col("ours"), pl.col("theirs")
    if beside.schema["ours"].is_float():
        close = (ours - theirs).abs() <= 1e-9 * pl.max_horizontal(ours.abs(), theirs.abs(), 1e-3)
        same = (ours.is_null() & theirs.is_null()) | close
    else:
        same = ours.eq_missing(theirs)
    differing = beside.filter(~same.fill_null(value=False))
    assert differing.is_empty(), differing


def test_every_shipped_metric_over_contracts_has_a_query(computed: pl.DataFrame) -> None:
    assert set(computed.columns) - {"symbol", "date"} == set(QUERIES)
    assert {metric.name for metric in SHIPPED if metric.grain == "expiry"} == set(PER_EXPIRY)
