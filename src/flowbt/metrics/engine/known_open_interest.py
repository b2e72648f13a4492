"""The open interest known at the decision.

Volume and quotes of session t are known at its close. Its open interest is counted overnight and published before the open
of t+1, so it depends on when one decides, and on what the row dated t holds: the open interest of the close of t-1
(`oi_lag` 1), that of t itself (0), or one of the two, the source does not say which (null).

    decision   when                     open interest of   oi_lag 1                    oi_lag 0 or null
    close      after the close of t     the close of t-1   the row's own               row t-1, if its lag is 0 or null
    pre_open   before the open of t+1   the close of t     row t+1, if its lag is 1    the row's own

What that does not give is unknown. A lag that is null is read so that nothing comes from the future: the open interest may be
a session older than it could be. Row t-1 says 0 of a contract that was not listed then, as `prior` does; what row t+1 does not
list any more has no open interest.

`with_open_interest_known` puts it in the place of the stored columns, before anything else sees them. The `oi_lag` that
metrics see is that of the open interest known: 1 where it is of the close before the session, 0 where it is of the
session's own, null where that is not established.
"""

from collections.abc import Callable, Collection
from typing import Final, Literal, get_args

import polars as pl

from flowbt.errors import UnknownNameError
from flowbt.metrics.engine.adjacent_sessions import Neighbours
from flowbt.metrics.engine.resolve import OPENING

Decision = Literal["close", "pre_open"]
DECISIONS: Final[tuple[Decision, ...]] = get_args(Decision)
LAG: Final = "oi_lag"

Beside = Callable[[int], Neighbours]
"""Matches the rows with those of the session before (-1) or after (1), by the sessions of their exchange."""


def decision_named(name: str) -> Decision:
    """The decision of that name.

    Raises:
        UnknownNameError: there is none.
    """
    for decision in DECISIONS:
        if decision == name:
            return decision
    raise UnknownNameError("decision", name, DECISIONS, hint=f"it is one of {', '.join(DECISIONS)}")


def with_open_interest_known(
    rows: pl.DataFrame, decision: Decision, columns: Collection[str], opening: Collection[str], beside: Beside
) -> pl.DataFrame:
    """The strike rows with the open interest, and its `oi_lag`, that were known at the decision.

    Args:
        rows: as stored, with `oi_lag`.
        decision: when it is decided.
        columns: of open interest, to be replaced.
        opening: those of them that are wanted as the session began, too: beside them, as `held_at_open` names them.
        beside: called for those neighbours that are needed; none is at the close where every lag is 1.
    """
    if decision == "close":
        known = _at_close(rows, columns, beside)
        began = known
    else:
        known = _before_the_open(rows, columns, beside)
        began = _at_close(rows, opening, beside) if opening else {}
    return rows.with_columns(**known, **{name + OPENING: began[name] for name in opening})


def _at_close(rows: pl.DataFrame, columns: Collection[str], beside: Beside) -> dict[str, pl.Series]:
    """Of the close before the session."""
    own = rows[LAG].eq_missing(1)
    if own.all():
        return {name: rows[name] for name in [*columns, LAG]}
    before = beside(-1)
    lag = pl.col(LAG)
    usable = before.of_snapshot(~lag.eq_missing(1).any())
    of_the_close = before.of_snapshot((lag == 0).all(ignore_nulls=False))
    at = pl.DataFrame({"own": own, "usable": usable, "of_the_close": of_the_close})
    told = {
        name: at.with_columns(today=rows[name], earlier=before.from_nothing(name)).select(
            pl.when("own").then("today").when("usable").then("earlier").alias(name)
        )[name]
        for name in columns
    }
    known_lag = pl.when(pl.col("own") | pl.col("of_the_close")).then(1).cast(rows.schema[LAG])
    return told | {LAG: at.select(known_lag.alias(LAG))[LAG]}


def _before_the_open(rows: pl.DataFrame, columns: Collection[str], beside: Beside) -> dict[str, pl.Series]:
    """Of the close of the session itself."""
    lag = pl.when(rows[LAG].is_not_null()).then(0).cast(rows.schema[LAG])
    found = {name: rows[name] for name in columns} | {LAG: rows.select(lag.alias(LAG))[LAG]}
    lagging = rows[LAG].eq_missing(1)
    if not columns or not lagging.any():
        return found
    after = beside(1)
    at = pl.DataFrame({"lagging": lagging, "published": after.values(LAG) == 1})
    return found | {
        name: at.with_columns(today=rows[name], later=after.values(name)).select(
            pl.when("lagging").then(pl.when("published").then("later")).otherwise("today").alias(name)
        )[name]
        for name in columns
    }
