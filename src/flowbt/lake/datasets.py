"""Public data sets that `flowbt fetch` can download: addresses, files, formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from flowbt.errors import FlowbtError, UnknownNameError


@dataclass(frozen=True)
class DataSet:
    """A public data set with one file per year and symbol.

    Attributes:
        name: its name on the command line.
        description: one sentence.
        url: the address of the folders.
        years: the first and the last year of each symbol.
        folder: the folder of a symbol below the address; `{symbol}` is the symbol in lower case.
        chains: the file of a year in that folder.
        prices: the file of daily bars in that folder.
        vendor: the vendor format of the chains.
    """

    name: str
    description: str
    url: str
    years: Mapping[str, tuple[int, int]]
    folder: str
    chains: str
    prices: str
    vendor: str

    def years_of(self, symbol: str, first: int | None, last: int | None) -> range:
        """The requested years that the data set has for a symbol.

        Raises:
            UnknownNameError: the data set does not have the symbol.
            FlowbtError: it has none of the requested years.
        """
        if symbol not in self.years:
            raise UnknownNameError("symbol", symbol, self.years, hint=f"{self.name} has {', '.join(self.years)}")
        begin, end = self.years[symbol]
        years = range(max(first or begin, begin), min(last or end, end) + 1)
        if not years:
            raise FlowbtError(
                f"{self.name} has {symbol} from {begin} to {end}: give --from and --to within these years"
            )
        return years

    def file(self, symbol: str, year: int | None) -> PurePosixPath:
        """The path below the address of a year's chains, or of the daily bars (year None)."""
        name = self.prices if year is None else self.chains.format(year=year)
        return PurePosixPath(self.folder.format(symbol=symbol.lower()), name)

    def address(self, symbol: str, year: int | None, url: str | None = None) -> str:
        """The address of that file.

        Args:
            symbol: in capitals.
            year: None: the daily bars.
            url: the address of a copy; if it contains `{symbol}`, it is the address of a symbol's folder.
        """
        base = (url or self.url).rstrip("/")
        file = self.file(symbol, year)
        if "{symbol}" in base:
            return f"{base.replace('{symbol}', symbol.lower())}/{file.name}"
        return f"{base}/{file}"


DATA_SETS: Mapping[str, DataSet] = {
    one.name: one
    for one in (
        DataSet(
            name="dubach",
            description="Chains of SPY and IWM from 2008, QQQ from 2011, to 2025 (P. Dubach, MIT), with daily bars.",
            url="https://raw.githubusercontent.com/philippdubach/options-dataset-hist/main/data",
            years={"IWM": (2008, 2025), "QQQ": (2011, 2025), "SPY": (2008, 2025)},
            folder="parquet_{symbol}",
            chains="options_{year}.parquet",
            prices="underlying_prices.parquet",
            vendor="dubach",
        ),
    )
}


def data_set_named(name: str) -> DataSet:
    """The data set of this name."""
    if name not in DATA_SETS:
        raise UnknownNameError("data set", name, DATA_SETS, hint="`flowbt fetch --list` shows them all")
    return DATA_SETS[name]
