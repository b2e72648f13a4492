"""Download a public data set and ingest it like any other files."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.lake.datasets import DATA_SETS, DataSet, data_set_named
from flowbt.lake.fetch import Fetched, fetch_file, fetching_into
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.lake.vendors import ReadOptions

OnBytes = Callable[[str, int, int | None], None]
"""Called with the name of a file, the bytes received so far, and its size."""


def data_sets() -> list[dict[str, Any]]:
    """The data sets that can be fetched: name, description, first and last year by symbol."""
    return [{"name": one.name, "description": one.description, "years": dict(one.years)} for one in DATA_SETS.values()]


def cache_folder(name: str) -> Path:
    """The default folder of a data set's files: below `XDG_CACHE_HOME`, or `~/.cache` if that is not set."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "flowbt" / name


@dataclass(frozen=True)
class Downloads:
    """The files of a data set on the disk.

    Attributes:
        data_set: the set.
        url: its address.
        folder: the folder with the files.
        prices: the file of daily bars of each symbol.
        chains: the files of chains.
    """

    data_set: DataSet
    url: str
    folder: Path
    prices: Mapping[str, Fetched]
    chains: tuple[Fetched, ...]


def download(
    name: str,
    symbols: Sequence[str],
    first: int | None = None,
    last: int | None = None,
    *,
    url: str | None = None,
    keep: Path | None = None,
    on_bytes: OnBytes | None = None,
) -> Downloads:
    """Download a data set's files for these symbols and years; files that exist already are not requested.

    Args:
        name: a data set (`data_sets`).
        symbols: of the set, in capitals.
        first: the first year; the set's first by default.
        last: the last year; the set's last by default.
        url: the address of a copy; `{symbol}` in it stands for the symbol in lower case.
        keep: the folder for the files; `cache_folder` by default.
        on_bytes: called as bytes arrive.

    Raises:
        FlowbtError: no such data set, symbol or year, or a file that cannot be downloaded; files downloaded before it are kept.
    """
    data_set = data_set_named(name)
    if not symbols:
        raise FlowbtError(f"name the symbols with --symbols: {name} has {', '.join(data_set.years)}")
    years = {symbol: data_set.years_of(symbol, first, last) for symbol in dict.fromkeys(symbols)}
    folder = keep or cache_folder(name)

    def fetched(symbol: str, year: int | None) -> Fetched:
        file = data_set.file(symbol, year)
        told = None if on_bytes is None else partial(on_bytes, f"{symbol} {year or 'prices'}")
        return fetch_file(data_set.address(symbol, year, url), folder / file, told)

    with fetching_into(folder):
        prices = {symbol: fetched(symbol, None) for symbol in years}
        chains = tuple(fetched(symbol, year) for symbol, of_symbol in years.items() for year in of_symbol)
    return Downloads(data_set, url or data_set.url, folder, prices, chains)


def ingest(lake: Lake, downloads: Downloads, on_file: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Ingest downloaded files: the chains, and all daily bars of the set, because moving averages need earlier prices.

    Returns:
        `data_set, url, folder, downloads` (a row a file: `url, path, bytes, downloaded, checked`), the documents of ingest
        `prices` and `chains`, and the sum of their `totals`.
    """
    of_bars = [
        ingest_files(lake, "ohlcv", [file.path], options=ReadOptions(symbol=symbol))
        for symbol, file in downloads.prices.items()
    ]
    prices = IngestOutcome("ohlcv", tuple(file for one in of_bars for file in one.files), of_bars[-1].version)
    paths = [file.path for file in downloads.chains]
    chains = ingest_files(lake, downloads.data_set.vendor, paths, on_file=on_file)
    return {
        "data_set": downloads.data_set.name,
        "url": downloads.url,
        "folder": str(downloads.folder),
        "downloads": [asdict(one) for one in (*downloads.prices.values(), *downloads.chains)],
        "prices": prices.document(),
        "chains": chains.document(),
        "totals": {key: n + chains.totals[key] for key, n in prices.totals.items()},
    }
