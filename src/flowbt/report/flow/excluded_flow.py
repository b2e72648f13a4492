"""What is discounted as noise, and why."""

from dataclasses import replace
from typing import Final

from flowbt.flow.cited import RefusedContract
from flowbt.flow.contracts import PARITY_DELTA
from flowbt.flow.excluded_flow import (
    DividendPlay,
    ExcludedFlow,
    ExpiringContracts,
    OpenInterestBreaches,
    ParityPremium,
    RefusedCitation,
    RejectedPrint,
    SmallContract,
    StaleOpenInterest,
)
from flowbt.flow.report import FlowReport
from flowbt.report.flow.amounts import count
from flowbt.report.flow.money import Money
from flowbt.report.flow.read_through import SIDES, positions_sentence
from flowbt.report.kit.formats import counted, percent
from flowbt.report.kit.section import Item, Section

REFUSALS: Final = {
    "unreadable": "It is not a valid contract symbol: write one as in IWM260424P00256000 or IWM20260424P256.",
    "another underlying": "It is a contract of another underlying.",
    "not listed": "The day's chain does not list it.",
}


def noise_section(report: FlowReport) -> Section:
    """What was discounted, and why."""
    return Section("Noise", items=tuple(Item(row.what, row.why) for row in report.noise))


def with_reason(row: ExcludedFlow, money: Money) -> ExcludedFlow:
    """The row with what it is, and why it is discounted, in words."""
    what, why = _words(row, money)
    return replace(row, what=what, why=why)


def _words(row: ExcludedFlow, money: Money) -> tuple[str, str]:
    match row:
        case DividendPlay():
            return _dividend_play(row, money)
        case SmallContract():
            return _small(row, money)
        case ExpiringContracts():
            return _expiring(row, money)
        case ParityPremium():
            return _parity(row, money)
        case RejectedPrint():
            return _rejected(row, money)
    return _without_money(row)


def _without_money(row: ExcludedFlow) -> tuple[str, str]:
    match row:
        case StaleOpenInterest():
            return (
                f"Open interest of this day, {counted(row.open_interest, 'contract')}",
                "The source repeats that of the snapshot before: what was opened or closed since is missing.",
            )
        case OpenInterestBreaches():
            return (
                f"Open interest of {counted(row.contracts, 'series', 'series')}",
                "It changed by more than was traded, so the source revised it or missed a trade; it is counted as given.",
            )
        case RefusedCitation():
            return f"Cited contract {row.contract}", refusal(row)
    raise TypeError(f"no words for {type(row).__name__}")


def _dividend_play(row: DividendPlay, money: Money) -> tuple[str, str]:
    series = counted(row.calls, "series", "series")
    included = money.amount(row.net_premium_with, signed=True)
    return (
        f"Dividend play: {money.amount(row.premium)} of premium in deep in-the-money calls of {series}",
        "Their open interest turned over in order to be exercised, as before an ex-date; including them, net premium would be "
        f"{included} instead of {money.amount(row.net_premium, signed=True)}.",
    )


def _small(row: SmallContract, money: Money) -> tuple[str, str]:
    other = "put" if row.option_type == "call" else "call"
    size = f"No {other} traded"
    if row.other_premium and row.premium is not None:
        size = f"{percent(row.premium / row.other_premium)} of the day's {other} premium"
    return f"{money.contract(row)}: {money.amount(row.premium)}", f"{size}. {positions_sentence(row)}"


def _expiring(row: ExpiringContracts, money: Money) -> tuple[str, str]:
    size = f"{money.amount(row.premium)}, {percent(row.share_of_gross)} of the day's premium"
    return (
        f"Contracts that expired today: {size}",
        f"{count(row.call_volume)} calls and {count(row.put_volume)} puts traded that are no longer positions: they count in the "
        "flow, but not in positioning.",
    )


def _parity(row: ParityPremium, money: Money) -> tuple[str, str]:
    size = f"{money.amount(row.premium)}, {percent(row.share_of_gross)} of the day's premium"
    return (
        f"Deep in-the-money contracts (delta of {PARITY_DELTA:g} or more): {size}",
        "This premium is mostly parity, paid to hold or finance shares: it counts in net premium; the out-of-the-money figure "
        "excludes it.",
    )


def refusal(row: RefusedContract) -> str:
    """Why a cited contract is refused."""
    if row.refused == "expired":
        return f"Its last trading day was {row.last_trading_day}: it cannot have traded on the day of this report."
    return REFUSALS[row.refused]


def _rejected(row: RejectedPrint, money: Money) -> tuple[str, str]:
    side = f" {SIDES[row.side]}" if row.side in SIDES else ""
    return (
        f"Print of {count(row.size)} {row.contract}{side}: {money.amount(row.premium)}",
        f"The contract had expired on {row.expiration}: the print was quarantined when the tape was ingested.",
    )
