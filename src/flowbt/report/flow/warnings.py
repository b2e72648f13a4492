"""What limits the day's numbers, in sentences."""

from typing import Final

from flowbt.flow.report import FlowReport
from flowbt.flow.warnings import DataWarning, GammaCoverage, NoBar, PriceJump, Relisted
from flowbt.report.flow.amounts import count
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import percent
from flowbt.report.kit.section import Item, Section

WARNINGS: Final = {
    "no_open_interest": "The source gives no open interest for this day, or 0 for every contract: open interest, its changes and "
    "everything derived from them are unknown.",
    "no_volume": "The source gives no volume for this day, or 0 for every contract: volume and premium are unknown.",
    "no_spot": "The price of the underlying is unknown: the chain has none, the lake has no price bar for this day, and the quotes "
    "do not imply one. Exposures, dividend plays and levels by position are missing. `flowbt ingest ohlcv` adds price bars.",
    "spot_from_bar": "The chain has no price of the underlying: spot is the close of the day's price bar.",
    "spot_from_parity": "The chain has no price of the underlying and the lake has no matching price bar for this day: spot is the "
    "price implied by put-call parity.",
}


def warnings_section(report: FlowReport, money: Money) -> Section:
    """The day's warnings."""
    return Section("Warnings", items=tuple(Item("", warning(row, money)) for row in report.warnings), brief=True)


def warning(row: DataWarning, money: Money) -> str:
    """A warning in a sentence or two."""
    match row:
        case PriceJump():
            before, after = (money.quote(spot) for spot in (row.spots or (None, None)))
            return (
                f"The underlying went from {before} to {after} without a split on file: open interest, its changes and everything "
                "derived from earlier sessions refer to different shares. `flowbt ingest actions` adds a split."
            )
        case Relisted():
            calls, puts = count(row.call_oi_change, signed=True), count(row.put_oi_change, signed=True)
            return (
                f"Open interest changed by {calls} calls and {puts} puts in one session: strikes were listed anew, so additions are "
                "not reported."
            )
        case NoBar():
            return (
                f"There is no price bar for this day ({count(row.bars)} before it): no close, no levels from today's bar, no record of "
                "what followed."
            )
        case GammaCoverage():
            covered = percent(row.coverage, 0)
            return f"Gamma is known for {covered} of open interest: exposures and walls cover that part only."
    return WARNINGS[row.kind]
