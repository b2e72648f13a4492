"""Scopes: which contracts a metric counts. `net_premium[dte<=7,otm]` is the same formula over fewer strike rows.

A scope belongs to the framework, not to the metric: it is applied to the strike rows (and to the prints) before any
metric is evaluated, so every metric that aggregates them can be requested under any scope. All conditions must hold:

- of the expiry: `dte<=7`, `dte>30` (calendar days to the expiration, also `<`, `>=`, `=`), `expiry=2026-06-19`,
  `expiry=today` (contracts on their last trading day), `expiry=nearest` (the nearest that is live after the close),
  `expiry=this_friday` (expires on the next Friday, or the session before if that is a holiday; on the NSE the weekday
  of its weekly expiries), `expiry=monthly` (third Fridays; on the NSE the last such weekday of the month). An expiry
  dated on a Saturday or a holiday expires on the session before, which is what counts (`flowbt.expiries`);
- of the strike: `moneyness>=0.9` (strike over spot), `root=SPXW` (of several roots);
- of the contract: `otm`, `itm`, `delta<=0.4` (absolute delta; the source's, else computed);
- `weight=delta` or `weight=premium` multiplies volume and open interest by |delta| or price instead of counting
  contracts.

A snapshot without a contract in the scope has null, not 0. `[all]` is the scope of all contracts; inside a formula it
requests a metric over all contracts whatever the scope of the formula.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from flowbt.calendar import monthly_expiry, weekly_expiries
from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.expiries import LAST_TRADING_DAY, expiry_session, is_live
from flowbt.metrics.engine.prices import possible_price, quote_middle
from flowbt.schema import SIDES, SNAPSHOT_KEY, STRIKE_KEY

ALL: Final = "all"
SNAPSHOT_ID: Final = "_snapshot"
EXPIRY_ID: Final = "_expiry"
"""Columns of the strike rows that number their snapshots and expiries, each one run of rows."""

_CONDITION = re.compile(r"^(?P<name>\w+)\s*(?:(?P<sign><=|>=|<|>|=)\s*(?P<value>[\w.-]+))?$")
_SIGNS: Final[dict[str, Callable[[pl.Expr, float], pl.Expr]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_NAMES: Final = ("dte", "expiry", "root", "moneyness", "otm", "itm", "delta", "weight")
_COUNTS: Final = ("volume", "open_interest")


@dataclass(frozen=True)
class Condition:
    """One parsed condition of a scope."""

    name: str
    sign: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.value}"


@dataclass(frozen=True)
class Scope:
    """Conditions on contracts; without any: all contracts."""

    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return f"[{','.join(map(str, self.conditions))}]" if self.conditions else ""

    def within(self, outer: "Scope") -> "Scope":
        """The conditions of both scopes."""
        return _scope({*outer.conditions, *self.conditions})

    def reads_delta(self) -> bool:
        """Whether a condition or a weight uses delta."""
        return any(condition.name == "delta" or str(condition) == "weight=delta" for condition in self.conditions)

    def columns(self) -> set[str]:
        """Columns of the strike rows that the conditions read."""
        return {column for condition in self.conditions for column in _READS.get(condition.name, ())} | {
            column for condition in self.conditions for column in _WEIGHT_READS.get(str(condition), ())
        }

    def of_strikes(self, strikes: pl.DataFrame, exchange: str) -> pl.DataFrame:
        """Strike rows in the scope; a side outside it is all null, a row with neither side is dropped.

        Args:
            strikes: strike rows with their `last_trading_day`.
            exchange: MIC of the exchange that `this_friday` and `monthly` refer to.
        """
        rows = strikes.filter(*self._on_rows(strikes, exchange))
        for condition in self.conditions:
            if condition.name == "weight":
                rows = rows.with_columns(_weighted(condition.value, rows.columns))
        masks = self._on_sides()
        if not masks:
            return rows
        kept = {side: [name for name in rows.columns if name.startswith(f"{side}_")] for side in SIDES}
        return rows.filter(pl.any_horizontal(masks.values())).with_columns(
            pl.when(masks[side]).then(pl.col(name)).alias(name) for side in SIDES for name in kept[side]
        )

    def of_prints(self, prints: pl.DataFrame, strikes: pl.DataFrame, exchange: str) -> pl.DataFrame:
        """Prints of the chain's contracts that are in the scope; weights do not apply to them.

        A snapshot that has a tape but none of these prints keeps one row of nulls: nothing traded, which is not the
        same as unknown.
        """
        rows = strikes.filter(*self._on_rows(strikes, exchange))
        masks = self._on_sides()
        contracts = pl.concat(
            rows.filter(masks.get(side, True)).select(*STRIKE_KEY, pl.lit(side).alias("option_type")) for side in SIDES
        )
        inside = prints.join(contracts, on=[*STRIKE_KEY, "option_type"], how="semi", maintain_order="left")
        key = [*SNAPSHOT_KEY, SNAPSHOT_ID]
        without = prints.select(key).unique(maintain_order=True).join(inside, on=SNAPSHOT_ID, how="anti")
        return pl.concat([inside, without], how="diagonal").sort(SNAPSHOT_ID, maintain_order=True).rechunk()

    def _on_rows(self, rows: pl.DataFrame, exchange: str) -> list[pl.Expr]:
        masks = []
        for condition in self.conditions:
            if condition.name == "dte":
                masks.append(_SIGNS[condition.sign](_days(), float(condition.value)))
            elif condition.name == "moneyness":
                ratio = pl.col("strike") / pl.col("underlying_price")
                masks.append(_SIGNS[condition.sign](ratio, float(condition.value)))
            elif condition.name == "root":
                masks.append(pl.col("root") == condition.value.upper())
            elif condition.name == "expiry":
                masks.append(_expiry_is(condition.value, rows, exchange))
        return masks

    def _on_sides(self) -> dict[str, pl.Expr]:
        """By side, whether its contract is in the scope; empty where no condition depends on the side."""
        above = pl.col("strike") > pl.col("underlying_price")
        below = pl.col("strike") < pl.col("underlying_price")
        out_of_the_money = {"call": above, "put": below}
        masks: dict[str, list[pl.Expr]] = {side: [] for side in SIDES}
        for condition in self.conditions:
            for side, other in zip(SIDES, reversed(SIDES), strict=True):
                if condition.name == "otm":
                    masks[side].append(out_of_the_money[side])
                elif condition.name == "itm":
                    masks[side].append(out_of_the_money[other])
                elif condition.name == "delta":
                    masks[side].append(_SIGNS[condition.sign](pl.col(f"{side}_delta").abs(), float(condition.value)))
        return {side: pl.all_horizontal(of_side) for side, of_side in masks.items() if of_side}


def parse_scope(text: str) -> Scope:
    """Parse a scope as written between the brackets: `dte<=7,otm`.

    Raises:
        UnknownNameError: an unknown condition.
        DefinitionError: a condition that cannot be parsed.
    """
    return _scope({_condition(part.strip()) for part in text.split(",") if part.strip() and part.strip() != ALL})


def _scope(conditions: Iterable[Condition]) -> Scope:
    return Scope(tuple(sorted(conditions, key=str)))


def _condition(text: str) -> Condition:
    match = _CONDITION.match(text)
    if match is None:
        raise DefinitionError(
            f"'{text}' is not a valid condition of a scope: write one as in dte<=7, otm or expiry=nearest"
        )
    name, sign, value = match["name"], match["sign"] or "", match["value"] or ""
    if name not in _NAMES:
        raise UnknownNameError(
            "condition", name, _NAMES, where=f"scope [{text}]", hint=f"use one of {', '.join(_NAMES)}"
        )
    if (name in {"otm", "itm"}) != (not sign):
        raise DefinitionError(f"'{text}' is not a valid condition of a scope: {_EXAMPLES[name]}")
    if name in {"dte", "moneyness", "delta"}:
        try:
            value = repr(float(value)).removesuffix(".0")
        except ValueError:
            value = "nan"
        if value in {"nan", "inf"}:
            raise DefinitionError(f"'{match['value']}' in the scope [{text}] is not a valid number: {_EXAMPLES[name]}")
    elif sign not in {"", "="} or (name == "weight" and value not in {"delta", "premium"}):
        raise DefinitionError(f"'{text}' is not a valid condition of a scope: {_EXAMPLES[name]}")
    elif name == "expiry" and value not in _EXPIRIES:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise DefinitionError(f"'{value}' in the scope [{text}] is not a valid expiry: {_EXAMPLES[name]}") from None
    return Condition(name, sign, value)


def _days() -> pl.Expr:
    return (pl.col("expiration") - pl.col("date")).dt.total_days()


def _expiry_is(which: str, rows: pl.DataFrame, exchange: str) -> pl.Expr:
    if which == "today":
        return pl.col(LAST_TRADING_DAY) == pl.col("date")
    if which == "nearest":
        return is_live() & (pl.col("expiration") == pl.col("expiration").filter(is_live()).min().over(SNAPSHOT_KEY))
    if which in {"this_friday", "monthly"}:
        expirations = rows["expiration"].unique().drop_nulls()
        sessions = {expiration: expiry_session(expiration, exchange) for expiration in expirations}
        if which == "monthly":
            monthly = [day for day, on in sessions.items() if on == monthly_expiry(on.year, on.month, exchange)]
            return pl.col("expiration").is_in(monthly)
        fridays = {day: weekly_expiries(day, 1, exchange)[0] for day in rows["date"].unique()}
        expires_on, friday = (
            pl.col(name).replace_strict(days, default=None, return_dtype=pl.Date)
            for name, days in (("expiration", sessions), ("date", fridays))
        )
        return expires_on == friday
    return pl.col("expiration") == date.fromisoformat(which)


def _weighted(weight: str, columns: Iterable[str]) -> list[pl.Expr]:
    present = set(columns)
    weighted = []
    for side in SIDES:
        mid, last = quote_middle(side), possible_price(side, "last")
        factors: Mapping[str, pl.Expr] = (
            dict.fromkeys(_COUNTS, pl.col(f"{side}_delta").abs())
            if weight == "delta"
            else {
                "volume": pl.coalesce(possible_price(side, "vwap"), last, mid),
                "open_interest": pl.coalesce(mid, last),
            }
        )
        for name, factor in factors.items():
            weighted += [
                (pl.col(column) * factor).alias(column)
                for column in (f"{side}_{name}", f"{side}_{name}@-1", f"{side}_{name}@open")
                if column in present
            ]
    return weighted


_EXPIRIES: Final = ("nearest", "this_friday", "monthly", "today")
_EXAMPLES: Final = {
    "dte": "write it as in dte<=7",
    "expiry": f"write expiry=2026-06-19 or expiry={', expiry='.join(_EXPIRIES)}",
    "root": "write it as in root=SPXW",
    "moneyness": "write it as in moneyness>=0.9",
    "otm": "write otm alone",
    "itm": "write itm alone",
    "delta": "write it as in delta<=0.4",
    "weight": "write weight=delta or weight=premium",
}
_READS: Final = {"root": ("root",), "delta": tuple(f"{side}_delta" for side in SIDES)}
_WEIGHT_READS: Final = {
    "weight=delta": tuple(f"{side}_delta" for side in SIDES),
    "weight=premium": (
        "underlying_price",
        *(f"{side}_{name}" for side in SIDES for name in ("vwap", "last", "bid", "ask")),
    ),
}
