"""Pivot levels: supports and resistances that floor traders reckon from one session's bar.

With H, L, C, O of that bar and R = H - L:

| kind | pivot P | resistances 1, 2, 3 |
|---|---|---|
| classic | (H + L + C) / 3 | 2P - L, P + R, H + 2(P - L) |
| woodie | (H + L + 2C) / 4 | as classic |
| fibonacci | (H + L + C) / 3 | P + 0.382 R, P + 0.618 R, P + R |
| camarilla | (H + L + C) / 3 | C + 1.1 R / 12, C + 1.1 R / 6, C + 1.1 R / 4 |
| demark | (H + L + C + X) / 4 | 2P - L, none, none |

X is L where the bar closed below its open, H where above, C where at it. A support is its resistance with H and L changed
for each other. Of Woodie's pivot another version takes the open of the session that trades on it; this one needs the bar
alone. Camarilla's third levels are those at which a turn is traded.

The levels that hold *during* a session are made of the bar before it: those of day t (`session=this`, the default) come
from the bar of t-1, the symbol's last bar before t. `session=next` gives, at the close of t, those of the session after,
from the bar of t. Neither sees anything later than t. On the ex-date of a split the bar of t-1 is in shares of t.
"""

from typing import Final, Literal

import polars as pl

from flowbt.metrics.catalogue.technical import over_splits
from flowbt.metrics.engine.definition import metric

Kind = Literal["classic", "fibonacci", "woodie", "camarilla", "demark"]
Session = Literal["this", "next"]

FIBONACCI: Final = (0.382, 0.618, 1.0)
CAMARILLA: Final = (1.1 / 12, 1.1 / 6, 1.1 / 4)


def _of_bar(column: str, session: Session) -> pl.Expr:
    return over_splits(column).shift(1) / pl.col("split_factor") if session == "this" else pl.col(column)


def _pivot(kind: Kind, session: Session) -> pl.Expr:
    opened, high, low, close = (_of_bar(name, session) for name in ("open", "high", "low", "close"))
    if kind == "woodie":
        return (high + low + 2 * close) / 4
    if kind == "demark":
        extra = pl.when(close < opened).then(low).when(close > opened).then(high).when(close == opened).then(close)
        return (high + low + close + extra) / 4
    return (high + low + close) / 3


def _level(number: int, side: Literal["support", "resistance"], kind: Kind, session: Session) -> pl.Expr:
    """The level of this number; `far` is the end of the bar on its side, `near` the other."""
    ends = ("high", "low") if side == "resistance" else ("low", "high")
    far, near = (_of_bar(name, session) for name in ends)
    pivot, reach = _pivot(kind, session), far - near
    if kind == "fibonacci":
        return pivot + FIBONACCI[number - 1] * reach
    if kind == "camarilla":
        return _of_bar("close", session) + CAMARILLA[number - 1] * reach
    if kind == "demark" and number > 1:
        return pl.when(pl.lit(value=False)).then(pivot)
    return (2 * pivot - near, pivot + reach, far + 2 * (pivot - near))[number - 1]


@metric(grain="history", unit="USD")
def pivot(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Pivot of the session, from the bar of the session before.

    `session=next`: of the session after, from today's bar. `kind`: classic (default), fibonacci, woodie, camarilla or
    demark. Null where the lake has no such bar.
    """
    return _pivot(kind, session)


@metric(grain="history", unit="USD")
def support_1(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """First pivot support of the session, from the bar of the session before; parameters as of `pivot`."""
    return _level(1, "support", kind, session)


@metric(grain="history", unit="USD")
def support_2(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Second pivot support of the session, from the bar of the session before; null for demark."""
    return _level(2, "support", kind, session)


@metric(grain="history", unit="USD")
def support_3(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Third pivot support of the session, from the bar of the session before; null for demark."""
    return _level(3, "support", kind, session)


@metric(grain="history", unit="USD")
def resistance_1(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """First pivot resistance of the session, from the bar of the session before; parameters as of `pivot`."""
    return _level(1, "resistance", kind, session)


@metric(grain="history", unit="USD")
def resistance_2(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Second pivot resistance of the session, from the bar of the session before; null for demark."""
    return _level(2, "resistance", kind, session)


@metric(grain="history", unit="USD")
def resistance_3(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Third pivot resistance of the session, from the bar of the session before; null for demark."""
    return _level(3, "resistance", kind, session)
