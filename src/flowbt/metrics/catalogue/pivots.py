"""Pivot levels: supports and resistances that floor traders compute from one session's bar.

With H, L, C, O of that bar and R = H - L:

| kind | pivot P | resistances 1, 2, 3 |
|---|---|---|
| classic | (H + L + C) / 3 | 2P - L, P + R, H + 2(P - L) |
| woodie | (H + L + 2C) / 4 | as classic |
| fibonacci | (H + L + C) / 3 | P + 0.382 R, P + 0.618 R, P + R |
| camarilla | (H + L + C) / 3 | C + 1.1 R / 12, C + 1.1 R / 6, C + 1.1 R / 4 |
| demark | (H + L + C + X) / 4 | 2P - L, none, none |

X is L where the bar closed below its open, H where it closed above, and C where it closed at the open. Each support is
its resistance with H and L exchanged. Another version of Woodie's pivot uses the open of the session that trades on it;
this one needs only the bar. Camarilla traders expect reversals at the third levels.

The levels in force *during* a session come from the bar before it: those of day t (`session=this`, the default) use the
bar of t-1, the symbol's last bar before t. `session=next` gives, at the close of t, the levels of the next session,
from the bar of t. Neither uses anything later than t. On the ex-date of a split, the bar of t-1 is restated in shares
of t.
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
    open_price, high, low, close = (_of_bar(name, session) for name in ("open", "high", "low", "close"))
    if kind == "woodie":
        return (high + low + 2 * close) / 4
    if kind == "demark":
        extra = (
            pl.when(close < open_price)
            .then(low)
            .when(close > open_price)
            .then(high)
            .when(close == open_price)
            .then(close)
        )
        return (high + low + close + extra) / 4
    return (high + low + close) / 3


def _level(number: int, side: Literal["support", "resistance"], kind: Kind, session: Session) -> pl.Expr:
    """The level of this number; `far` is the end of the bar on the level's side, `near` the other end."""
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
    """Pivot point of the session, from the bar of the session before.

    `session=next`: that of the next session, from today's bar. `kind`: classic (default), fibonacci, woodie, camarilla
    or demark. Null where the lake has no such bar.
    """
    return _pivot(kind, session)


@metric(grain="history", unit="USD")
def support_1(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """First pivot support of the session, from the bar of the session before; parameters as in `pivot`."""
    return _level(1, "support", kind, session)


@metric(grain="history", unit="USD")
def support_2(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Second pivot support of the session, from the bar of the session before; null for demark. Parameters as in `pivot`."""
    return _level(2, "support", kind, session)


@metric(grain="history", unit="USD")
def support_3(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Third pivot support of the session, from the bar of the session before; null for demark. Parameters as in `pivot`."""
    return _level(3, "support", kind, session)


@metric(grain="history", unit="USD")
def resistance_1(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """First pivot resistance of the session, from the bar of the session before; parameters as in `pivot`."""
    return _level(1, "resistance", kind, session)


@metric(grain="history", unit="USD")
def resistance_2(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Second pivot resistance of the session, from the bar of the session before; null for demark. Parameters as in `pivot`."""
    return _level(2, "resistance", kind, session)


@metric(grain="history", unit="USD")
def resistance_3(kind: Kind = "classic", session: Session = "this") -> pl.Expr:
    """Third pivot resistance of the session, from the bar of the session before; null for demark. Parameters as in `pivot`."""
    return _level(3, "resistance", kind, session)
