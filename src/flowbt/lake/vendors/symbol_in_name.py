"""The symbol in the name of a price file: `IWM_2026.csv`, `BRK.B.csv`, `BATS_SPY, 1D.csv`.

A wrong symbol is worse than no symbol, since bars of two files that seem to have the same symbol replace each other. So words for the
content of a file (`data.csv`, `prices_2026.csv`), dates and names of exchanges are not symbols, and such a file needs --symbol.
"""

import re
from typing import Final

from flowbt.schema import spell_symbol

_WORDS: Final = (
    "data|dataset|prices?|price_history|history|historical|historicaldata|downloads?|quotes?|stocks?|ohlcv?|bars|candles|daily|chart|market|"
    "export|table|underlying|yahoo|tiingo|stooq|tradingview|file|output|parquet"
)
_EXCHANGES: Final = "nasdaq|nysearca|nyse|amex|bats"
_ALSO_SYMBOLS: Final = "CBOE|ARCA|OTC|TSX|LSE|XETR|NSE|BSE|TVC|SP|DJ|INDEX"
"""Exchanges and publishers whose abbreviation is or may be a symbol too (CBOE): recognised only in capitals before capitals, as TradingView writes them."""
_EXCHANGE: Final = rf"(?:(?:{_EXCHANGES})_(?=[a-z^])|(?-i:(?:{_ALSO_SYMBOLS})_(?=[A-Z^])))?"
_DATE: Final = r"(?:19|20)\d\d(?:[-_.]?\d\d[-_.]?\d\d(?!\d)|-\d\d(?!\d)|_|\.(?![a-z]{1,2}[._]))"
_SYMBOL: Final = r"(?P<symbol>\^?[^/_.,]+?(?:\.(?!us[._])[a-z]{1,2}(?=[._,]))?)"
_END: Final = rf"(?=[._,]|\s*\(\d+\)|-(?:{_WORDS}|eod|\d{{4}})[-_.,\s(])[^/]*$"
"""What may follow a symbol; ` (1)` is what browsers add to the second download of a name."""

_NO_SYMBOL: Final = rf"(?!(?:{_WORDS}|{_EXCHANGES})[-_.,\s(]|{_DATE})"

NAMED: Final = rf"{_EXCHANGE}{_NO_SYMBOL}{_SYMBOL}{_END}"
"""A file's name with its symbol; it must be compared without regard to case."""
NAMED_OR_IN_FOLDER: Final = (
    rf"(?:(?P<folder>parquet_)|daily_(?:adjusted_)?)?{_EXCHANGE}{_NO_SYMBOL}{_SYMBOL}"
    rf"(?(folder)/underlying(?:_prices)?\.\w+$|{_END})"
)
"""The same, including `daily_IWM.csv` of Alpha Vantage and the name of the folder in `parquet_iwm/underlying_prices.parquet`."""
_CLASS: Final = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,5}[-.][A-Za-z])(?![A-Za-z])")


def share_classes(place: str) -> tuple[str, ...]:
    """Possible symbols with a share class in the name of a file and of its folder: `BRK.B` in `2026-01-08/BRK-B.csv`.

    Contract symbols do not separate the class (`BRKB260116C00480000`), so they are compared with these.
    """
    within = "/".join(place.split("/")[-2:])
    return tuple(dict.fromkeys(spell_symbol(spelling.replace(".", "-")) for spelling in _CLASS.findall(within)))
