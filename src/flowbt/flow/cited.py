"""Contracts that a user cites: looked up in the day's chain, or refused with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from flowbt.documents import Result, optional
from flowbt.expiries import last_trading_day
from flowbt.flow.contracts import ContractDay, contract_day
from flowbt.flow.day import Day
from flowbt.lake.intake.contract_symbols import contract_parts, plain, underlying_of


@dataclass(frozen=True, kw_only=True)
class CitedContract(ContractDay):
    """A contract that a user cites and the day's chain lists; `refused` is None.

    Attributes:
        refused: why the contract cannot be looked up; null if it can.
        read_through: what its trading shows, in a sentence.
    """

    refused: None = None
    read_through: str = ""


@dataclass(frozen=True, kw_only=True)
class RefusedContract(Result):
    """A contract that a user cites and that cannot have traded on the day.

    Attributes:
        contract: as cited.
        expiration: None where the symbol is unreadable; so are `strike` and `option_type`.
        strike: in price units.
        option_type: `call` or `put`.
        last_trading_day: of a contract of the day's underlying.
        refused: `unreadable`, `another underlying`, `expired` (its last trading day was before the day) or `not listed`.
        read_through: empty.
    """

    contract: str
    expiration: date | None
    strike: float | None
    option_type: str | None
    last_trading_day: date | None = optional()
    refused: str
    read_through: str = ""


def cited_contracts(day: Day, symbols: Sequence[str]) -> tuple[CitedContract | RefusedContract, ...]:
    """Contracts that a user cites, in that order: each with its day, or refused with the reason."""
    if not symbols:
        return ()
    key = ["written", "expiration", "strike", "option_type"]
    root = pl.col("root")
    # in a contract's symbol BRK.B is BRKB
    listed = day.contracts.with_columns(written=plain(root), place=pl.int_range(pl.len())).unique(key, keep="first")
    requested = pl.DataFrame({"cited": list(symbols)})
    parts = requested.hstack(contract_parts(requested["cited"]))
    is_own = (plain(underlying_of(root)) == plain(pl.lit(day.symbol))) | plain(root).is_in(listed["written"].implode())
    parsed = parts.with_columns(written=plain(root), is_own=is_own)
    rows = parsed.join(listed.select(*key, "place"), on=key, how="left", maintain_order="left").to_dicts()
    return tuple(
        _refused(row, day)
        if row["place"] is None
        else CitedContract(**contract_day(day, day.contracts.row(row["place"], named=True)))
        for row in rows
    )


def _refused(row: Mapping[str, Any], day: Day) -> RefusedContract:
    """A cited contract with the reason why it is refused, and its last trading day where it is one of the day's underlying."""
    reason, last = "unreadable", None
    if row["expiration"] is not None:
        reason = "another underlying"
        if row["is_own"]:
            last = last_trading_day(row["expiration"], row["root"], day.exchange)
            reason = "expired" if last < day.date else "not listed"
    return RefusedContract(
        contract=row["cited"],
        expiration=row["expiration"],
        strike=row["strike"],
        option_type=row["option_type"],
        last_trading_day=last,
        refused=reason,
    )
