"""Open interest as known at the decision.

Volume and quotes of session t are known at its close. Its open interest is counted overnight and published before the
open of t+1. What is known therefore depends on the decision time, and on what the row dated t contains: the open
interest of the close of t-1 (`oi_lag` 1), that of t itself (0), or either, if the source does not specify (null).

    decision   when                     open interest of   oi_lag 1                    oi_lag 0 or null
    close      after the close of t     the close of t-1   the row's own               row t-1, if its lag is 0 or null
    pre_open   before the open of t+1   the close of t     row t+1, if its lag is 1    the row's own

Anything not in this table is unknown. A null lag is read so that nothing comes from the future; the open interest may
then be one session older than necessary. Where row t-1 is used, a contract that was not listed then has 0, as with
`prior`; a contract that row t+1 no longer lists has no open interest.

`with_open_interest_known` replaces the stored columns before any other code reads them. The `oi_lag` that metrics see
describes the replaced values: 1 where they are from the close before the session, 0 where they are from the session's
own close, null where this is not established.
"""

from collections.abc import Callable, Collection
from typing import Final, Literal, get_args

import polars as pl

from flowbt.errors import UnknownNameError
from flowbt.metrics.engine.adjacent_sessions import Neighbours
from flowbt.metrics.engine.resolve import OPENING

Decision = Literal["close", "pre_open"]
"""Decision time: after the close of a session, or before the next open, when its open interest is published."""
DECISIONS: Final[tuple[Decision, ...]] = get_args(Decision)
LAG: Final = "oi_lag"

MatchSession = Callable[[int], Neighbours]
"""Matches the rows with those of the previous (-1) or next (1) session of their exchange."""


def decision_named(name: str) -> Decision:
    """The decision of this name.

    Raises:
        UnknownNameError: there is none.
    """
    for decision in DECISIONS:
        if decision == name:
            return decision
    raise UnknownNameError("decision", name, DECISIONS, hint=f"use one of {', '.join(DECISIONS)}")


def with_open_interest_known(
    rows: pl.DataFrame,
    decision: Decision,
    columns: Collection[str],
    opening: Collection[str],
    match_session: MatchSession,
) -> pl.DataFrame:
    """Strike rows with the open interest known at the decision, and its `oi_lag`.

    Args:
        rows: as stored, with `oi_lag`.
        decision: the decision time.
        columns: columns of open interest to replace.
        opening: those of them that are also needed as of the start of the session, added as `held_at_open` names them.
        match_session: called for the adjacent sessions that are needed; none is at the close if every lag is 1.
    """
    if decision == "close":
        known = _at_close(rows, columns, match_session)
        at_open = known
    else:
        known = _before_the_open(rows, columns, match_session)
        at_open = _at_close(rows, opening, match_session) if opening else {}
    return rows.with_columns(**known, **{name + OPENING: at_open[name] for name in opening})


def _at_close(rows: pl.DataFrame, columns: Collection[str], match_session: MatchSession) -> dict[str, pl.Series]:
    """Open interest of the close before the session."""
    own = rows[LAG].eq_missing(1)
    if own.all():
        return {name: rows[name] for name in [*columns, LAG]}
    before = match_session(-1)
    lag = pl.col(LAG)
    usable = before.of_snapshot(~lag.eq_missing(1).any())
    of_the_close = before.of_snapshot((lag == 0).all(ignore_nulls=False))
    at = pl.DataFrame({"own": own, "usable": usable, "of_the_close": of_the_close})
    replaced = {
        name: at.with_columns(today=rows[name], earlier=before.zero_if_unlisted(name)).select(
            pl.when("own").then("today").when("usable").then("earlier").alias(name)
        )[name]
        for name in columns
    }
    known_lag = pl.when(pl.col("own") | pl.col("of_the_close")).then(1).cast(rows.schema[LAG])
    return replaced | {LAG: at.select(known_lag.alias(LAG))[LAG]}


def _before_the_open(rows: pl.DataFrame, columns: Collection[str], match_session: MatchSession) -> dict[str, pl.Series]:
    """Open interest of the close of the session itself."""
    lag = pl.when(rows[LAG].is_not_null()).then(0).cast(rows.schema[LAG])
    own = {name: rows[name] for name in columns} | {LAG: rows.select(lag.alias(LAG))[LAG]}
    lagging = rows[LAG].eq_missing(1)
    if not columns or not lagging.any():
        return own
    after = match_session(1)
    at = pl.DataFrame({"lagging": lagging, "published": after.values(LAG) == 1})
    return own | {
        name: at.with_columns(today=rows[name], later=after.values(name)).select(
            pl.when("lagging").then(pl.when("published").then("later")).otherwise("today").alias(name)
        )[name]
        for name in columns
    }
