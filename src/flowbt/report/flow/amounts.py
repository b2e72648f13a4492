"""How the flow report writes amounts: as the documents it is read beside do, `-$126.5M`, `+168.5M shares`, `Apr 24 $256 put`.

The minus is that of the keyboard, so that numbers can be searched for and pasted; what is missing is `n/a`. Amounts are in the
currency of the document's exchange: what writes a document down is under `in_its_currency`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from flowbt.errors import UnknownNameError
from flowbt.exchanges import DEFAULT_EXCHANGE, Currency, currency_of, hours_of
from flowbt.report.kit import formats as notation
from flowbt.report.kit.formats import MISSING, known

Document = Mapping[str, Any]
P = ParamSpec("P")
R = TypeVar("R")
USUAL: Final = currency_of(DEFAULT_EXCHANGE)
_CURRENCY: Final[ContextVar[Currency]] = ContextVar("currency", default=USUAL)


@contextmanager
def amounts_on(exchange: str) -> Iterator[None]:
    """Amounts are in the currency of this exchange."""
    before = _CURRENCY.set(currency_of(exchange))
    try:
        yield
    finally:
        _CURRENCY.reset(before)


def in_its_currency(write: Callable[Concatenate[Document, P], R]) -> Callable[Concatenate[Document, P], R]:
    """What writes a document down, with amounts in the currency of the document's exchange."""

    @wraps(write)
    def written(document: Document, /, *args: P.args, **options: P.kwargs) -> R:
        with amounts_on(document["exchange"]):
            return write(document, *args, **options)

    return written


def currency() -> Currency:
    """What amounts are in."""
    return _CURRENCY.get()


def _keyboard(text: str) -> str:
    return text.replace("−", "-")


def plain(value: Any, digits: int = 2, *, signed: bool = False) -> str:
    """A number: `2.98`, `-0.62`."""
    return _keyboard(notation.plain(value, digits, signed=signed))


def percent(value: Any, digits: int = 1, *, signed: bool = False) -> str:
    """A fraction as percent: `4.2%`."""
    return _keyboard(notation.percent(value, digits, signed=signed))


def count(value: Any, *, signed: bool = False) -> str:
    """A whole number: `132,452`, or with its sign `+640`."""
    return _keyboard(notation.plain(value, 0, signed=signed))


def money(value: Any, *, signed: bool = False) -> str:
    """An amount, in millions from a hundred thousand on, then in billions: `$42,000`, `-$126.5M`, `$1.24B`."""
    number = known(value)
    if number is None:
        return MISSING
    size = f"{abs(number):,.0f}"
    for unit, letter, digits in ((1e9, "B", 2), (1e6, "M", 1)):
        if abs(number) >= (0.99995 if letter == "B" else 0.09995) * unit:
            size = f"{abs(number) / unit:,.{digits}f}{letter}"
            break
    sign = "-" if number < 0 and size.strip("0.,MB") else "+" if signed and number > 0 else ""
    return f"{sign}{currency().mark}{size}"


def price(value: Any) -> str:
    """A price per share, a strike among them: `$260.50`, a whole one `$250`."""
    return quote(value).removesuffix(".00")


def quote(value: Any) -> str:
    """A price to the cent: `$260.50`, `$250.00`."""
    number = known(value)
    return MISSING if number is None else f"{'-' if number < 0 else ''}{currency().mark}{abs(number):,.2f}"


def shares(value: Any) -> str:
    """A number of shares: `+168.5M shares`."""
    number = known(value)
    if number is None:
        return MISSING
    return (
        f"{plain(number / 1e6, 1, signed=True)}M shares"
        if abs(number) >= 99_950
        else f"{count(number, signed=True)} shares"
    )


def day_of(value: date | str) -> str:
    """A date in words: `Apr 24, 2026`."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day:%b} {day.day}, {day.year}"


def contract(row: Mapping[str, Any]) -> str:
    """A contract: `Apr 24, 2026 $256 put`."""
    return f"{day_of(row['expiration'])} {price(row['strike'])} {row['option_type']}"


def moment(value: datetime, exchange: str) -> str:
    """A time of day where the exchange is: `16:15 New York time`; in UTC where its time zone is not on file."""
    try:
        hours = hours_of(exchange)
    except UnknownNameError:
        return f"{value.astimezone(UTC):%H:%M} UTC"
    return f"{value.astimezone(hours.zone):%H:%M} {hours.place} time"


def from_spot(fraction: Any) -> str:
    """A distance from the spot: `5.9% below the spot`, `at the spot`."""
    number = known(fraction)
    if number is None:
        return "at an unknown distance from the spot"
    if abs(number) < 0.0005:
        return "at the spot"
    return f"{percent(abs(number))} {'above' if number > 0 else 'below'} the spot"


def rank(percentile: Any, sessions: Any) -> str:
    """A percentile among earlier sessions: `at or above 96% of its 25 earlier sessions`."""
    number = known(percentile)
    if number is None:
        return f"too little history for a percentile: {count(sessions)} earlier {'session' if sessions == 1 else 'sessions'}"
    if number == 0:
        return f"below all of its {count(sessions)} earlier sessions"
    return f"at or above {'all' if number == 1 else percent(number, 0)} of its {count(sessions)} earlier sessions"
