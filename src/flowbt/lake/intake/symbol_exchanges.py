"""Which exchange the symbols of a file are of, and what of it the lake remembers.

The first of these that gives one decides:

    --exchange      for this file; the lake remembers it from now on
    the lake        what it remembers of the symbol
    the format      `nse` gives XNSE, a mapping file what it has under `exchange`; the lake remembers it from now on
    New York        XNYS, the default; the lake remembers nothing
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowbt.exchanges import DEFAULT_EXCHANGE


@dataclass(frozen=True)
class SymbolExchanges:
    """The exchanges of a file's symbols.

    Attributes:
        asked: what the user specified with `--exchange`, as a MIC.
        of_format: what the file's format declares.
        remembered: what the lake has on file, by symbol.
    """

    asked: str | None = None
    of_format: str | None = None
    remembered: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_differ(self) -> bool:
        """Whether symbols may be of different exchanges."""
        return self.asked is None and bool(self.remembered)

    @property
    def of_others(self) -> str:
        """The exchange of a symbol of which the lake remembers nothing."""
        return self.asked or self.of_format or DEFAULT_EXCHANGE

    def of(self, symbols: Iterable[str]) -> dict[str, str]:
        """The exchange of each symbol."""
        return {symbol: self._given(symbol) or self.of_others for symbol in symbols}

    def to_remember(self, symbols: Iterable[str]) -> dict[str, str]:
        """The exchange of those symbols for which one is given: what the lake should have on file."""
        given = {symbol: self._given(symbol) for symbol in symbols}
        return {symbol: exchange for symbol, exchange in given.items() if exchange is not None}

    def _given(self, symbol: str) -> str | None:
        return self.asked or self.remembered.get(symbol) or self.of_format
