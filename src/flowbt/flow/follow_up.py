"""What became of a day's triggers, levels and ideas: the one place of the flow report that looks at later sessions.

It is told apart from the report itself, which is made first and does not change with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Final

import polars as pl

from flowbt.calendar import previous_session, shift_session
from flowbt.corporate_actions import in_shares_of
from flowbt.expiries import is_dead, with_last_trading_day
from flowbt.flow.contracts import symbol_of
from flowbt.flow.day import Day
from flowbt.flow.levels import PIVOT_NAMES
from flowbt.flow.track_record import Record
from flowbt.flow.triggers import volume_beyond
from flowbt.lake import Lake
from flowbt.metrics.engine.point_in_time import View
from flowbt.schema import CORPORATE_ACTIONS, SIDES

SESSIONS: Final = 5
"""So many sessions after the day, levels are looked at."""
PATH: Final = (1, 2, 3, 5)
LEVELS: Final = 6
"""Levels followed on each side of the spot: the nearest."""
OF_CONTRACTS: Final = ("follow_through", "renewed")
"""Triggers about strikes and numbers of contracts, which a split changes."""
CENT_ROUNDED: Final = 0.0051
"""USD by which a strike may differ after it was rounded to the cent."""
NOT_KNOWN: Final[Mapping[str, Any]] = {"result": "not known yet", "seen": {}}


@dataclass(frozen=True)
class Later:
    """What is known of a symbol today.

    Attributes:
        history: all its sessions, as decided by the report's clock.
        bars: all its price bars.
        record: the trades of all ideas, those still open too.
        contracts_on: the contracts of a session's chain with volume, and open interest as published before its open, adjusted
            ones and those after their last trading day left out; None where the lake has no chain of it.
        exchange: the MIC of the exchange whose sessions count.
        actions: splits and dividends of the symbol.
    """

    history: pl.DataFrame
    bars: pl.DataFrame
    record: Record
    contracts_on: Callable[[date], pl.DataFrame | None]
    exchange: str
    actions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CORPORATE_ACTIONS))


def contracts_reader(lake: Lake, symbol: str) -> Callable[[date], pl.DataFrame | None]:
    """Reads the contracts of a session, each session once."""
    view = View(lake)

    @cache
    def contracts_on(session: date) -> pl.DataFrame | None:
        columns = [f"{side}_{name}" for side in SIDES for name in ("volume", "open_interest")]
        asked = ["date", "root", "expiration", "strike", "adjusted", *columns]
        rows = view.strike_rows(asked, (symbol,), session, session)
        if not rows.height:
            return None
        rows = with_last_trading_day(rows, view.exchange_of([symbol])).filter(~is_dead(), ~pl.col("adjusted"))
        return pl.concat(
            rows.select(
                "root", "expiration", "strike", pl.lit(side).alias("option_type"),
                *(pl.col(f"{side}_{name}").alias(name) for name in ("volume", "open_interest")),
            )
            for side in SIDES
        )  # fmt: skip

    return contracts_on


def follow_up(day: Day, document: Mapping[str, Any], later: Later) -> dict[str, Any]:
    """What became of the document's `watch`, `levels` and `trade_ideas`.

    Keys: `sessions` (after the day, with a bar), `path` (`sessions, close, return` from the day's close), `watch` (each
    trigger with `result`: `came`, `did not come`, `unwind`, `undecided`, `not comparable` or `not known yet`, and its `seen` numbers),
    `levels` (`level, price, label, touched, result`: `not touched`, `held` or `broken`), `trade_ideas` (the trade of each idea
    that was active, None where it was not entered in the `waited` sessions since).

    Over a split on file, returns, triggers and levels are in the shares and contracts of the day; the `close` of the path is as
    traded. `seen` names the `split` over which contracts were compared, or could not be.
    """
    carried = replace(later, bars=in_shares_of(later.bars, later.actions, day.date))
    after = carried.bars.filter(pl.col("date") > day.date).head(SESSIONS)
    return {
        "sessions": after.height,
        "path": _path(day, later.bars, carried.bars),
        "watch": [{**row, **_judged(row, carried, day.date)} for row in document["watch"]],
        "levels": _levels(document["levels"]["labelled"], after),
        "trade_ideas": [_traded(idea, day.date, later) for idea in document["trade_ideas"] if idea["active"]],
    }


def _path(day: Day, bars: pl.DataFrame, carried: pl.DataFrame) -> list[dict[str, Any]]:
    start = day.bar.get("close")
    found = []
    for count in PATH:
        session = shift_session(day.date, count, day.exchange)
        close, then = (_of_session(frame, session, "close") for frame in (bars, carried))
        if then is not None and start:
            found.append({"sessions": count, "close": close, "return": then / start - 1})
    return found


def _judged(row: Mapping[str, Any], later: Later, day: date) -> dict[str, Any]:
    judge = {"follow_through": _contract, "renewed": _renewed, "level": _level, "verdict": _verdict}[row["kind"]]
    split = _split(later.actions, day, row["known_on"]) if row["kind"] in OF_CONTRACTS else 1.0
    if split == 1:
        return judge(row, later) or dict(NOT_KNOWN)
    if not split.is_integer():
        return {"result": "not comparable", "seen": {"split": split}}

    def contracts_on(session: date) -> pl.DataFrame | None:
        contracts = later.contracts_on(session)
        return None if contracts is None else _before_split(contracts, int(split), row["strike"])

    found = judge(row, replace(later, contracts_on=contracts_on)) or dict(NOT_KNOWN)
    return found | {"seen": found["seen"] | {"split": split}} if found["seen"] else found


def _split(actions: pl.DataFrame, day: date, known_on: date) -> float:
    """The new shares for each old one by the splits on file after a day. Chains are as traded, whatever the bars are adjusted for."""
    between = (pl.col("date") > day) & (pl.col("date") <= known_on)
    return float(actions.filter((pl.col("kind") == "split") & between)["value"].product())


def _before_split(contracts: pl.DataFrame, split: int, strike: float) -> pl.DataFrame:
    """Contracts as those from before a split: by one of N for 1, each became N of them at an Nth of its strike, to the cent.

    Other splits, of 3 for 2 or 1 for 10, change what a contract delivers instead: what was held is in adjusted contracts.

    Args:
        contracts: of a session after the split.
        split: N.
        strike: the one from before the split that is asked for, which its new strike need not give exactly.
    """
    became = pl.col("strike") * split
    is_asked = (became - strike).abs() < CENT_ROUNDED * split
    return contracts.with_columns(
        pl.col("volume", "open_interest") // split,
        strike=pl.when(is_asked).then(pl.lit(strike, pl.Float64)).otherwise(became),
    )


def _contract(row: Mapping[str, Any], later: Later) -> dict[str, Any] | None:
    contracts = later.contracts_on(row["known_on"])
    if contracts is None:
        return None
    about = [pl.col(name) == row[name] for name in ("expiration", "strike", "option_type")]
    # the same strike may be listed under several roots
    of_contract = [other for other in contracts.filter(*about).to_dicts() if symbol_of(other) == row["contract"]]
    held = of_contract[0]["open_interest"] if of_contract else None
    if held is None:
        return None
    result = "came" if held >= row["kept_at"] else "unwind" if held < row["closed_below"] else "undecided"
    return {"result": result, "seen": {"open_interest": held}}


def _renewed(row: Mapping[str, Any], later: Later) -> dict[str, Any] | None:
    contracts = later.contracts_on(row["known_on"])
    ratio = _of_session(later.history, row["known_on"], "put_call_volume_ratio")
    if contracts is None or ratio is None:
        return None
    volume = volume_beyond(contracts, row["option_type"], row["strike"], row["expirations"])
    turned = ratio < row["ratio"] if row["option_type"] == "call" else ratio > row["ratio"]
    return {
        "result": "came" if turned and volume > row["volume"] else "did not come",
        "seen": {"volume": volume, "ratio": ratio},
    }


def _level(row: Mapping[str, Any], later: Later) -> dict[str, Any] | None:
    close = _of_session(later.bars, row["known_on"], "close")
    if close is None:
        return None
    beyond = close > row["price"] if row["direction"] == "above" else close < row["price"]
    return {"result": "came" if beyond else "did not come", "seen": {"close": close}}


def _verdict(row: Mapping[str, Any], later: Later) -> dict[str, Any] | None:
    known_on = row["known_on"]
    session = known_on if row["clock"] == "close" else previous_session(known_on, later.exchange)
    verdict = _of_session(later.history, session, "verdict")
    if verdict is None:
        return None
    score = _of_session(later.history, session, "score")
    return {
        "result": "came" if verdict == row["verdict"] else "did not come",
        "seen": {"verdict": verdict, "score": score},
    }


def _of_session(frame: pl.DataFrame, session: date, column: str) -> Any:
    found = frame.filter(pl.col("date") == session)[column].to_list()
    return found[0] if found else None


def _levels(levels: Sequence[Mapping[str, Any]], after: pl.DataFrame) -> list[dict[str, Any]]:
    """The nearest levels on each side; one that no bar can judge is left out."""
    if not after.height:
        return []
    # pivots are made for a single session
    pivots = tuple(PIVOT_NAMES.values())
    lasting = [row for row in levels if row["of"] != "chart" or not row["level"].startswith(pivots)]
    above = [row for row in lasting if row["label"] == "resistance"][-LEVELS:]
    below = [row for row in lasting if row["label"] == "support"][:LEVELS]
    found = []
    for row in [*above, *below]:
        price, is_support = row["price"], row["label"] == "support"
        reached = pl.col("low") <= price if is_support else pl.col("high") >= price
        passed = pl.col("close") < price if is_support else pl.col("close") > price
        touched = after.filter(reached)["date"].to_list()
        broken = after.filter(passed)["date"].to_list()
        result = "broken" if broken else "held" if touched else "not touched"
        about = {name: row[name] for name in ("level", "price", "label", "of")}
        first = touched[0] if touched else None
        found.append({**about, "touched": first, "broken": broken[0] if broken else None, "result": result})
    return found


def _traded(idea: Mapping[str, Any], day: date, later: Later) -> dict[str, Any]:
    trades = later.record.trades[idea["idea"]].filter(pl.col("signal_date") == day)
    names = (
        "entry_date",
        "entry_price",
        "exit_date",
        "exit_price",
        "exit_reason",
        "return",
        "split_ratio",
        "dividends",
    )
    trade = trades.select(names).row(0, named=True) if trades.height else None
    about = {name: idea[name] for name in ("idea", "entry", "entry_kind", "valid_for")}
    return {**about, "trade": trade, "waited": later.bars.filter(pl.col("date") > day).height}
