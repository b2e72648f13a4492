"""What of the day's trading is no bet on a move or leaves no position: excluded from the flow, or reported next to it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from flowbt.documents import Result
from flowbt.flow.cited import CitedContract, RefusedContract
from flowbt.flow.contracts import ContractDay, NotableContract, symbol_of
from flowbt.flow.day import Day

MATERIAL_SHARE: Final = 0.02
"""Of the gross premium: below this share expiring and deep in-the-money contracts are not mentioned."""
EXPIRED: Final = "EXPIRED"
REQUIRED_OF_PRINT: Final = ("date", "expiration", "strike", "option_type", "size")
"""What a rejected print must contain to be reported."""


@dataclass(frozen=True, kw_only=True)
class ExcludedFlow(Result):
    """Trading that is discounted.

    Attributes:
        what: it is, in words; empty before the report is worded.
        why: it is discounted, likewise.
        kind: `dividend_play, small, expiring, parity, stale, breaches, refused` or `rejected`.
    """

    what: str = ""
    why: str = ""
    kind: str


@dataclass(frozen=True, kw_only=True)
class DividendPlay(ExcludedFlow):
    """Premium of `calls` deep in-the-money series that turned over before an ex-date; net premium without and with it."""

    kind: str = "dividend_play"
    premium: float
    calls: int
    net_premium: float | None
    net_premium_with: float | None


@dataclass(frozen=True, kw_only=True)
class SmallContract(ContractDay, ExcludedFlow):
    """A notable contract that is small next to the other side's premium (`other_premium`)."""

    kind: str = "small"
    side: str | None = None
    other_premium: float


@dataclass(frozen=True, kw_only=True)
class ExpiringContracts(ExcludedFlow):
    """Contracts whose last trading day was the day: premium, its share of the gross premium (a fraction), and contracts traded."""

    kind: str = "expiring"
    premium: float
    share_of_gross: float
    call_volume: int | None
    put_volume: int | None


@dataclass(frozen=True, kw_only=True)
class ParityPremium(ExcludedFlow):
    """Premium of deep in-the-money contracts, and its share of the gross premium (a fraction)."""

    kind: str = "parity"
    premium: float
    share_of_gross: float


@dataclass(frozen=True, kw_only=True)
class StaleOpenInterest(ExcludedFlow):
    """Open interest, in contracts, that the source repeats from the snapshot before."""

    kind: str = "stale"
    open_interest: int


@dataclass(frozen=True, kw_only=True)
class OpenInterestBreaches(ExcludedFlow):
    """The number of contracts whose open interest changed by more than traded."""

    kind: str = "breaches"
    contracts: int


@dataclass(frozen=True, kw_only=True)
class RefusedCitation(RefusedContract, ExcludedFlow):
    """A cited contract that cannot have traded on the day."""

    kind: str = "refused"

    def document(self) -> dict[str, Any]:
        """As `RefusedContract`, without the read-through."""
        return {name: value for name, value in super().document().items() if name != "read_through"}


@dataclass(frozen=True, kw_only=True)
class RejectedPrint(ExcludedFlow):
    """A print of a contract that had expired, set aside when the tape was ingested; None where unknown.

    Attributes:
        date: of the print.
        contract: its symbol.
        expiration: the date on the contract.
        side: `ask`, `bid` or `mid`.
        size: contracts.
        price: per share.
        premium: in the currency of the exchange.
    """

    kind: str = "rejected"
    date: dt.date
    contract: str
    expiration: dt.date
    side: str | None
    size: int
    price: float | None
    premium: float | None


def excluded_flow(
    day: Day,
    notable: Sequence[NotableContract],
    cited: Sequence[CitedContract | RefusedContract],
    rejected: pl.DataFrame,
) -> tuple[ExcludedFlow, ...]:
    """What is discounted on the day, in the order of the kinds of `ExcludedFlow`.

    Args:
        day: what is reported on.
        notable: its notable contracts, of which the small ones are noise.
        cited: contracts that a user cites; those refused are listed.
        rejected: prints of contracts that had expired (`expired_prints`).
    """
    today = day.today
    excluded: list[ExcludedFlow] = []
    if today["is_dividend_play"]:
        excluded.append(
            DividendPlay(
                premium=today["dividend_play_premium"],
                calls=today["dividend_play_calls"],
                net_premium=today["net_premium"],
                net_premium_with=today["net_premium(dividend_plays=include)"],
            )
        )
    excluded += [_small(day, contract) for contract in notable if contract.is_noise]
    excluded += _by_premium(today)
    if day.is_stale:
        open_interest = (today["call_open_interest"] or 0) + (today["put_open_interest"] or 0)
        excluded.append(StaleOpenInterest(open_interest=open_interest))
    if today["oi_breaches"]:
        excluded.append(OpenInterestBreaches(contracts=today["oi_breaches"]))
    excluded += [RefusedCitation(**vars(row)) for row in cited if isinstance(row, RefusedContract)]
    of_day = rejected.filter(pl.col("date") == day.date)
    return (*excluded, *(RejectedPrint(**row) for row in of_day.iter_rows(named=True)))


def _small(day: Day, contract: NotableContract) -> SmallContract:
    """A small contract with the day's premium on the other side, dividend plays left out."""
    other = day.contracts.filter(
        (pl.col("option_type") != contract.option_type) & ~pl.col("dividend_play").fill_null(value=False)
    )
    known = {name: value for name, value in vars(contract).items() if name not in {"kind", "read_through"}}
    return SmallContract(**known, other_premium=float(other["premium"].sum()))


def _by_premium(today: Mapping[str, Any]) -> list[ExcludedFlow]:
    """Expiring and deep in-the-money contracts, where their premium is at least `MATERIAL_SHARE` of the gross premium."""
    gross = today["gross_premium"]
    expiring, parity = today["gross_premium[expiry=today]"], today["gross_premium[delta>=0.9]"]
    excluded: list[ExcludedFlow] = []
    if gross and expiring and expiring / gross >= MATERIAL_SHARE:
        volumes = {f"{side}_volume": today[f"{side}_volume[expiry=today]"] for side in ("call", "put")}
        excluded.append(ExpiringContracts(premium=expiring, share_of_gross=expiring / gross, **volumes))
    if gross and parity and parity / gross >= MATERIAL_SHARE:
        excluded.append(ParityPremium(premium=parity, share_of_gross=parity / gross))
    return excluded


def expired_prints(quarantined: pl.DataFrame, symbol: str) -> pl.DataFrame:
    """Prints set aside because their contract had expired: `date, contract, expiration, side, size, price, premium`.

    Args:
        quarantined: rows of the lake's quarantine with that reason.
        symbol: whose.
    """
    records = []
    for text in quarantined["record"]:
        record = json.loads(text)
        # a row of a chain may have expired, too, and has no size
        if record.get("symbol") == symbol and None not in {record.get(name) for name in REQUIRED_OF_PRINT}:
            records.append(record)
    schema = {
        "date": pl.Date, "root": pl.String, "expiration": pl.Date, "strike": pl.Float64, "option_type": pl.String,
        "side": pl.String, "size": pl.Int64, "price": pl.Float64, "multiplier": pl.Float64,
    }  # fmt: skip
    wanted = [{name: record.get(name) for name in schema} for record in records]
    raw = pl.DataFrame(wanted, schema={name: pl.String if kind == pl.Date else kind for name, kind in schema.items()})
    prints = raw.with_columns(pl.col("date", "expiration").str.to_date())
    symbols = pl.Series("contract", [symbol_of(row) for row in prints.iter_rows(named=True)], pl.String)
    return prints.select(
        "date", symbols, "expiration", "side", "size", "price",
        (pl.col("price") * pl.col("size") * pl.col("multiplier")).alias("premium"),
    ).sort("premium", descending=True, nulls_last=True)  # fmt: skip
