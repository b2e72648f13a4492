"""What the trade tape adds to a day: the blocks to name, and who crossed the spread in a contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.expiries import is_dead, with_last_trading_day
from flowbt.flow.contracts import can_be_bet, symbol_of, tenor
from flowbt.flow.day import Day
from flowbt.lake import Lake
from flowbt.metrics.catalogue.tape import is_block, print_premium

SHOWN: Final = 5
KEPT: Final = 50
"""Blocks of a day from which those shown are chosen."""
CONTRACT: Final = ("root", "expiration", "strike", "option_type")
LEANING: Final = 0.6
"""Share of a contract's tape on one side of the quote from which the contract is said to have been bought, or sold."""
COLUMNS: Final = ("date", *CONTRACT, "price", "size", "side", "multiplier", "adjusted")


@dataclass(frozen=True)
class Tape:
    """What is kept of the tape of some days; empty where there is none.

    Attributes:
        blocks: the largest blocks of each day by premium: `COLUMNS` and `premium`.
        sides: by day and contract, `size` and `at_ask, at_bid`: contracts on the tape, and the shares of them done there.
    """

    blocks: pl.DataFrame = field(default_factory=pl.DataFrame)
    sides: pl.DataFrame = field(default_factory=pl.DataFrame)


def read_tape(lake: Lake, symbol: str, days: Sequence[date]) -> Tape:
    """The tape of these days, read a day at a time: a day of a busy symbol has millions of prints."""
    if "prints" not in lake.versions():
        return Tape()
    exchange = lake.exchanges([symbol])[symbol]
    tapes = (with_last_trading_day(lake.prints([symbol], day, day, COLUMNS), exchange) for day in days)
    kept = [_of_day(tape.filter(~pl.col("adjusted"), ~is_dead())) for tape in tapes]
    return Tape(pl.concat(each[0] for each in kept), pl.concat(each[1] for each in kept))


def _of_day(tape: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    # the formulas themselves: a metric's name means something to the engine only
    premium = print_premium().meta.output_name()
    large = tape.with_columns(print_premium.written().alias(premium)).filter(is_block.written())
    ranked = large.rename({premium: "premium"}).sort("premium", descending=True, maintain_order=True)
    size = pl.col("size")
    shares = {f"at_{side}": size.filter(pl.col("side") == side).sum() / size.sum() for side in ("ask", "bid")}
    return ranked.head(KEPT), tape.group_by("date", *CONTRACT).agg(size=size.sum(), **shares).sort("date", *CONTRACT)


def blocks(day: Day, tape: Tape) -> list[dict[str, Any]]:
    """The day's blocks that can be bets on a move (`flowbt.flow.contracts.can_be_bet`), the largest first.

    Keys: `contract, expiration, last_trading_day, strike, option_type, side, size, price, premium, dte, tenor, share_of_gross,
    distance`, and of the contract's whole day `volume, open_interest, oi_change, oi_change_is_of_day, opened_at_least`.
    """
    if not tape.blocks.height:
        return []
    gross, spot = day.today["gross_premium"], day.spot
    of_whole = (pl.col("contract_oi_change").alias("oi_change"), "volume", "open_interest", "opened_at_least")
    whole = day.contracts.select(*CONTRACT, *of_whole)
    no_bets = day.contracts.filter(~can_be_bet())
    printed = tape.blocks.filter(pl.col("date") == day.date).join(
        no_bets, on=CONTRACT, how="anti", maintain_order="left"
    )
    found = []
    for row in printed.head(SHOWN).join(whole, on=CONTRACT, how="left", maintain_order="left").iter_rows(named=True):
        days = (row["expiration"] - day.date).days
        told = (
            "expiration",
            "last_trading_day",
            "strike",
            "option_type",
            "side",
            "size",
            "price",
            "volume",
            "open_interest",
        )
        found.append(
            {
                "contract": symbol_of(row),
                **{name: row[name] for name in (*told, "oi_change", "opened_at_least")},
                "oi_change_is_of_day": day.decision == "pre_open",
                "premium": row["premium"],
                "dte": days,
                "tenor": tenor(days),
                "share_of_gross": row["premium"] / gross if gross else None,
                "distance": row["strike"] / spot - 1 if spot else None,
            }
        )
    return found


def with_sides(day: Day, rows: Sequence[Mapping[str, Any]], tape: Tape) -> list[dict[str, Any]]:
    """Contracts of the day with `side`: `ask` or `bid` where `LEANING` of the tape was done there, else None.

    None, too, where the tape has less than half of what traded.
    """
    taped: dict[str, Mapping[str, Any]] = {}
    if tape.sides.height:
        taped = {symbol_of(row): row for row in tape.sides.filter(pl.col("date") == day.date).iter_rows(named=True)}

    def side_of(row: Mapping[str, Any]) -> str | None:
        found = taped.get(row["contract"])
        if found is None or found["size"] < (row["volume"] or 0) / 2:
            return None
        return next((side for side in ("ask", "bid") if (found[f"at_{side}"] or 0) >= LEANING), None)

    return [{**row, "side": side_of(row)} for row in rows]
