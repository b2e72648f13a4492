"""What the trade tape adds to a day: blocks, and who crossed the spread in a contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.documents import Result
from flowbt.expiries import is_dead, with_last_trading_day
from flowbt.flow.contracts import NotableContract, can_be_bet, symbol_of, tenor
from flowbt.flow.day import Day
from flowbt.lake import Lake
from flowbt.metrics.catalogue.tape import is_block, print_premium

SHOWN: Final = 5
KEPT: Final = 50
"""Blocks of a day from which those shown are chosen."""
CONTRACT: Final = ("root", "expiration", "strike", "option_type")
LEANING: Final = 0.6
"""Minimum share of a contract's tape at the ask (or bid) to call the contract bought (or sold)."""
COLUMNS: Final = ("date", *CONTRACT, "price", "size", "side", "multiplier", "adjusted")


@dataclass(frozen=True, kw_only=True)
class Block(Result):
    """A single large print; numbers are None where unknown.

    Attributes:
        contract: its symbol.
        expiration: the date on the contract.
        last_trading_day: the last session on which it trades.
        strike: in price units.
        option_type: `call` or `put`.
        side: `ask`, `bid`, `mid` or None.
        size: contracts.
        price: per share.
        volume: of the contract on the day, in contracts; so are the next three.
        open_interest: as known at the decision.
        oi_change: of the session before, or of the day where `oi_change_is_of_day`.
        opened_at_least: volume beyond the open interest.
        premium: of the print, in the currency of the exchange.
        dte: calendar days to expiration.
        tenor: what that is called.
        share_of_gross: of the day's gross premium, a fraction.
        distance: strike over spot less 1.
        read_through: what it suggests, in a sentence; empty before the report is worded.
        oi_change_is_of_day: whether `oi_change` is the change over this session; if false it is the one published before it.
    """

    contract: str
    expiration: date
    last_trading_day: date
    strike: float
    option_type: str
    side: str | None
    size: int
    price: float
    volume: int | None
    open_interest: int | None
    oi_change: int | None
    opened_at_least: int | None
    oi_change_is_of_day: bool
    premium: float
    dte: int
    tenor: str
    share_of_gross: float | None
    distance: float | None
    read_through: str = ""


@dataclass(frozen=True)
class Tape:
    """A summary of the tape of some days; empty where there is none.

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


def blocks(day: Day, tape: Tape) -> tuple[Block, ...]:
    """The day's blocks that can be bets on a move (`flowbt.flow.contracts.can_be_bet`), the largest first."""
    if not tape.blocks.height:
        return ()
    of_whole = (pl.col("contract_oi_change").alias("oi_change"), "volume", "open_interest", "opened_at_least")
    whole = day.contracts.select(*CONTRACT, *of_whole)
    no_bets = day.contracts.filter(~can_be_bet())
    printed = tape.blocks.filter(pl.col("date") == day.date).join(
        no_bets, on=CONTRACT, how="anti", maintain_order="left"
    )
    shown = printed.head(SHOWN).join(whole, on=CONTRACT, how="left", maintain_order="left")
    return tuple(_block(day, row) for row in shown.iter_rows(named=True))


def _block(day: Day, row: Mapping[str, Any]) -> Block:
    gross, spot = day.today["gross_premium"], day.spot
    days = (row["expiration"] - day.date).days
    return Block(
        contract=symbol_of(row),
        expiration=row["expiration"],
        last_trading_day=row["last_trading_day"],
        strike=row["strike"],
        option_type=row["option_type"],
        side=row["side"],
        size=row["size"],
        price=row["price"],
        volume=row["volume"],
        open_interest=row["open_interest"],
        oi_change=row["oi_change"],
        opened_at_least=row["opened_at_least"],
        oi_change_is_of_day=day.decision == "pre_open",
        premium=row["premium"],
        dte=days,
        tenor=tenor(days),
        share_of_gross=row["premium"] / gross if gross else None,
        distance=row["strike"] / spot - 1 if spot else None,
    )


def with_sides(day: Day, contracts: Sequence[NotableContract], tape: Tape) -> tuple[NotableContract, ...]:
    """Contracts of the day with `side`: `ask` or `bid` where `LEANING` of the tape was done there, else None.

    None, too, where the tape has less than half of what traded.
    """
    taped: dict[str, Mapping[str, Any]] = {}
    if tape.sides.height:
        taped = {symbol_of(row): row for row in tape.sides.filter(pl.col("date") == day.date).iter_rows(named=True)}

    def side_of(contract: NotableContract) -> str | None:
        sides = taped.get(contract.contract)
        if sides is None or sides["size"] < (contract.volume or 0) / 2:
            return None
        return next((side for side in ("ask", "bid") if (sides[f"at_{side}"] or 0) >= LEANING), None)

    return tuple(replace(contract, side=side_of(contract)) for contract in contracts)
