"""Exchanges by their MIC: holidays, time zone, trading hours and currency.

The `holidays` package supplies the holidays; `CORRECTIONS` lists days on which it differs from what the exchange
published. The options exchanges of the United States, and the listing venues of their underlyings, follow New York.

Tests compare the calendars with another package: New York, London and Sydney from 2000, Toronto from 2002, Mumbai from
2008, Hong Kong from 2014, Frankfurt from 2016. Before these years some holidays count as sessions. Evening sessions
(Diwali) are not sessions here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final
from zoneinfo import ZoneInfo

from flowbt.errors import UnknownNameError

DEFAULT_EXCHANGE: Final = "XNYS"


@dataclass(frozen=True)
class Hours:
    """Local trading hours of an exchange.

    Attributes:
        zone: time zone.
        opens: opening time.
        closes: closing time.
        closes_early: closing time on a half day.
    """

    zone: ZoneInfo
    opens: time
    closes: time
    closes_early: time

    @property
    def place(self) -> str:
        """The city that names its time zone: `New York`."""
        return self.zone.key.rpartition("/")[2].replace("_", " ")


@dataclass(frozen=True)
class Corrections:
    """Days on which an exchange differs from the `holidays` package.

    Attributes:
        closed: days without trading, with the reason.
        opened: full sessions on a weekend or on a supposed holiday.
    """

    closed: Mapping[date, str] = field(default_factory=dict)
    opened: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Currency:
    """Currency of amounts on an exchange.

    Attributes:
        code: ISO 4217 code, for running text: `USD`.
        mark: symbol before a number: `$`.
    """

    code: str
    mark: str


_NEW_YORK = Hours(ZoneInfo("America/New_York"), time(9, 30), time(16), time(13))
_MUMBAI = Hours(ZoneInfo("Asia/Kolkata"), time(9, 15), time(15, 30), time(15, 30))
HOURS: Final[Mapping[str, Hours]] = {
    "XNYS": _NEW_YORK,
    "XNSE": _MUMBAI,
    "XBOM": _MUMBAI,
    "XTSE": Hours(ZoneInfo("America/Toronto"), time(9, 30), time(16), time(13)),
    "XLON": Hours(ZoneInfo("Europe/London"), time(8), time(16, 30), time(12, 30)),
    "XETR": Hours(ZoneInfo("Europe/Berlin"), time(9), time(17, 30), time(14)),
    "XHKG": Hours(ZoneInfo("Asia/Hong_Kong"), time(9, 30), time(16), time(12)),
    "XJPX": Hours(ZoneInfo("Asia/Tokyo"), time(9), time(15, 30), time(15, 30)),
    "XASX": Hours(ZoneInfo("Australia/Sydney"), time(10), time(16), time(14, 10)),
}
"""Trading hours of shares; options may trade a quarter of an hour longer."""

SAME_DAYS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("XNAS", "ARCX", "XASE", "BATS", "XCBO", "XCBF", "XISX", "XPHL", "OPRA"), "XNYS"),
    "XTKS": "XJPX",
}
"""Exchanges with the sessions and hours of another one."""

_EURO = Currency("EUR", "€")
CURRENCIES: Final[Mapping[str, Currency]] = {
    "XNYS": Currency("USD", "$"),
    **dict.fromkeys(("XNSE", "XBOM"), Currency("INR", "₹")),
    **dict.fromkeys(("XETR", "XEUR", "XPAR", "XAMS", "XBRU", "XMIL", "XMAD", "XLIS", "XHEL", "XWBO", "XDUB"), _EURO),
    "XTSE": Currency("CAD", "C$"),
    "XHKG": Currency("HKD", "HK$"),
    "XJPX": Currency("JPY", "¥"),
    "XASX": Currency("AUD", "A$"),
    "BVMF": Currency("BRL", "R$"),
    "XKRX": Currency("KRW", "₩"),
    "XSWX": Currency("CHF", "CHF "),
}
"""London is missing: its prices are in pence or in pounds, depending on the source."""
UNKNOWN_CURRENCY: Final = Currency("the currency of the exchange", "")

_INDIA = Corrections(
    closed={
        date(2008, 11, 27): "Attacks in Mumbai",
        date(2009, 4, 30): "General election",
        date(2009, 10, 13): "State election",
        date(2014, 4, 24): "General election",
        date(2014, 10, 15): "State election",
        date(2019, 4, 29): "General election",
        date(2019, 10, 21): "State election",
        date(2023, 6, 29): "Eid al-Adha",
        date(2024, 1, 22): "Special holiday",
        date(2024, 5, 20): "General election",
        date(2024, 11, 20): "State election",
        date(2026, 1, 15): "Municipal election",
    },
    opened=frozenset(
        {
            date(2009, 5, 8),  # Buddha Purnima was a Saturday
            date(2009, 11, 27),  # Eid al-Adha was a Saturday
            date(2015, 10, 23),  # Ashura was a Saturday
            date(2023, 6, 28),  # Eid al-Adha was moved to the 29th
            date(2024, 1, 20),  # a Saturday, in place of the Monday after it
            # the budget was presented on a weekend, with full sessions
            date(2015, 2, 28),
            date(2020, 2, 1),
            date(2025, 2, 1),
            date(2026, 2, 1),
        }
    ),
)
_TOKYO = Corrections(closed={date(2020, 10, 1): "System failure"})
CORRECTIONS: Final[Mapping[str, Corrections]] = {"XNSE": _INDIA, "XBOM": _INDIA, "XJPX": _TOKYO}
NO_CORRECTIONS: Final = Corrections()


def hours_of(exchange: str) -> Hours:
    """Trading hours of an exchange.

    Raises:
        UnknownNameError: they are not on file.
    """
    mic = SAME_DAYS.get(exchange, exchange)
    if mic not in HOURS:
        raise UnknownNameError(
            "exchange", exchange, [*HOURS, *SAME_DAYS], hint=f"trading hours are on file for {', '.join(HOURS)}"
        )
    return HOURS[mic]


def currency_of(exchange: str) -> Currency:
    """Currency of an exchange; `UNKNOWN_CURRENCY` if it is not on file."""
    return CURRENCIES.get(SAME_DAYS.get(exchange, exchange), UNKNOWN_CURRENCY)
