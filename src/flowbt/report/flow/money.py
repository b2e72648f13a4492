"""Amounts in the currency of a report's exchange."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from flowbt.exchanges import Currency, currency_of
from flowbt.report.flow.amounts import day_of
from flowbt.report.kit.formats import MISSING, known


class OptionContract(Protocol):
    """Anything with an expiration, a strike and an option type."""

    @property
    def expiration(self) -> date:
        """The date on the contract."""

    @property
    def strike(self) -> float:
        """In price units."""

    @property
    def option_type(self) -> str:
        """`call` or `put`."""


@dataclass(frozen=True)
class Money:
    """Writes amounts and prices in one currency.

    Attributes:
        currency: with its mark, such as `$`.
    """

    currency: Currency

    @staticmethod
    def on(exchange: str) -> "Money":
        """Amounts in the currency of an exchange, by its MIC."""
        return Money(currency_of(exchange))

    @property
    def code(self) -> str:
        """The currency at the beginning of a sentence: `USD`."""
        return self.currency.code[:1].upper() + self.currency.code[1:]

    def amount(self, value: Any, *, signed: bool = False) -> str:
        """An amount, in millions from a hundred thousand on, then in billions: `$42,000`, `−$126.5M`, `$1.24B`."""
        number = known(value)
        if number is None:
            return MISSING
        size = f"{abs(number):,.0f}"
        for unit, letter, digits in ((1e9, "B", 2), (1e6, "M", 1)):
            # from where it rounds to one billion, or to 0.1 million
            if abs(number) >= (0.99995 if letter == "B" else 0.09995) * unit:
                size = f"{abs(number) / unit:,.{digits}f}{letter}"
                break
        sign = "−" if number < 0 and size.strip("0.,MB") else "+" if signed and number > 0 else ""
        return f"{sign}{self.currency.mark}{size}"

    def quote(self, value: Any) -> str:
        """A price to the cent: `$260.50`, `$250.00`."""
        number = known(value)
        if number is None:
            return MISSING
        return f"{'−' if number < 0 else ''}{self.currency.mark}{abs(number):,.2f}"

    def price(self, value: Any) -> str:
        """A price per share, or a strike: `$260.50`, a whole one `$250`."""
        return self.quote(value).removesuffix(".00")

    def contract(self, contract: OptionContract) -> str:
        """A contract: `24 Apr 2026 $256 put`."""
        return f"{day_of(contract.expiration)} {self.price(contract.strike)} {contract.option_type}"
