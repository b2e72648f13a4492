"""The exchange of each symbol in a file, and whether the lake keeps it on file.

The first source that gives an exchange is used:

    --exchange      for this file; the lake keeps it on file from now on
    the lake        the exchange that it has on file for the symbol
    the format      `nse` gives XNSE, a mapping file its `exchange`; the lake keeps it on file from now on
    New York        XNYS, the default; it is not kept on file
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowbt.exchanges import DEFAULT_EXCHANGE


@dataclass(frozen=True)
class SymbolExchanges:
    """The exchanges of a file's symbols.

    Attributes:
        asked: the exchange that the user specified with `--exchange`, a MIC.
        of_format: the exchange that the file's format declares.
        remembered: the exchanges that the lake has on file, by symbol.
    """

    asked: str | None = None
    of_format: str | None = None
    remembered: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_differ(self) -> bool:
        """Whether symbols may have different exchanges."""
        return self.asked is None and bool(self.remembered)

    @property
    def of_others(self) -> str:
        """The exchange of symbols for which the lake has none on file."""
        return self.asked or self.of_format or DEFAULT_EXCHANGE

    def of(self, symbols: Iterable[str]) -> dict[str, str]:
        """The exchange of each symbol."""
        return {symbol: self._given(symbol) or self.of_others for symbol in symbols}

    def to_remember(self, symbols: Iterable[str]) -> dict[str, str]:
        """The exchange of the symbols for which one is given, which the lake should have on file."""
        given = {symbol: self._given(symbol) for symbol in symbols}
        return {symbol: exchange for symbol, exchange in given.items() if exchange is not None}

    def _given(self, symbol: str) -> str | None:
        return self.asked or self.remembered.get(symbol) or self.of_format
