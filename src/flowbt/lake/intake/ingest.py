"""Ingest vendor files into the lake.

1. `find_sources` lists the files in paths, folders and globs, ordered by name (`flowbt.lake.reading`).
2. `read_file` reads each block by block (`flowbt.lake.intake.read_file`), and `check_days` checks its days.
3. The rows that are kept are written in batches of days (`flowbt.lake.intake.batch`); rows of a day that is stored already are duplicates.

For every file: rows in = committed + quarantined + duplicates, or the file is rejected and nothing of it is stored.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.calendar import zone_of
from flowbt.errors import FlowbtError, RejectedFileError, UnknownFormatError
from flowbt.lake.intake.batch import Batch, FileOutcome
from flowbt.lake.intake.database_tables import each_table
from flowbt.lake.intake.merge import Days
from flowbt.lake.intake.previous_days import PreviousDays
from flowbt.lake.intake.read_file import read_file
from flowbt.lake.reading import Source, find_sources
from flowbt.lake.store import Lake
from flowbt.lake.vendors import FORMATS, ReadOptions, VendorFormat, format_named
from flowbt.lake.vendors.date_formats import check_date_format
from flowbt.lake.vendors.symbol_in_name import NAMED_OR_IN_FOLDER
from flowbt.lake.vendors.translate import shared_values
from flowbt.schema import spell_symbol


@dataclass(frozen=True)
class IngestOutcome:
    """What became of all files, in order, and the version of the table they went to."""

    format: str
    files: tuple[FileOutcome, ...]
    version: int

    @property
    def totals(self) -> dict[str, int]:
        """Files, rejected files, and the sums of the rows."""
        counts = {"files": len(self.files), "rejected": sum(file.status == "rejected" for file in self.files)}
        for name in ("rows_in", "committed", "quarantined", "duplicates", "actions"):
            counts[name] = sum(int(getattr(file, name)) for file in self.files)
        return counts

    def document(self) -> dict[str, Any]:
        """All of it, as plain values."""
        return {
            "format": self.format,
            "files": [vars(file) for file in self.files],
            "totals": self.totals,
            "version": self.version,
        }


def ingest_files(
    lake: Lake,
    format_name: str,
    paths: Sequence[str],
    *,
    options: ReadOptions | None = None,
    max_quarantine: float = 0.05,
    dry_run: bool = False,
    any_day: bool = False,
    days: Days = "complete",
    on_file: Callable[[int, int], None] | None = None,
) -> IngestOutcome:
    """Ingest vendor files into a lake and report what became of each file.

    Args:
        lake: the lake to write to.
        format_name: a vendor format, a mapping file (`.toml`), or `auto`, which recognises the format of each file.
        paths: files, folders, globs.
        options: what the user specifies, for example the symbol or the date if the files do not contain them.
        max_quarantine: a file with more than this share of unusable rows is rejected, 0 to 1.
        dry_run: read and check the files, and write nothing.
        any_day: accept days without a session of the symbol's exchange (`flowbt.lake.intake.symbol_exchanges`).
        days: how files are combined with stored days (`flowbt.lake.intake.merge`): `complete` decides by the contracts, `replace`
            treats each file as the whole day, `update` as a part whose values overwrite the stored ones.
        on_file: called with (files done, number of files).

    Raises:
        FlowbtError: a path or the format does not exist, or a file cannot be opened.

    Examples:
        >>> bar = {"symbol": "IWM", "date": "2026-01-05", "open": 250, "high": 252, "low": 249, "close": 251, "volume": 1000}
        >>> pl.DataFrame([bar]).write_csv("bars.csv")
        >>> outcome = flowbt.ingest_files(flowbt.Lake("new"), "ohlcv", ["bars.csv"])
        >>> [(file.status, file.committed) for file in outcome.files]
        [('committed', 1)]
    """
    if not 0 <= max_quarantine <= 1:
        raise FlowbtError(f"--max-quarantine {max_quarantine} is not a valid share of rows: give 0 to 1, as in 0.05")
    options = options or ReadOptions()
    if options.date_format is not None:
        check_date_format(options.date_format)
    if options.exchange is not None:
        zone_of(options.exchange)  # an unknown exchange is an error in the command, not in a file
    if options.symbol:
        options = replace(options, symbol=spell_symbol(options.symbol))
    vendor = None if format_name == "auto" else vendor_of(format_name)
    sources = find_sources(paths, vendor.suffixes if vendor else None, lambda source: _wanted(source, vendor, options))
    if vendor is None:
        sources = [table for source in sources for table in each_table(source, FORMATS.values())]
    named = any(options.symbol in _named_after(source) for source in sources)
    remembered = lake.remembered_exchanges()
    batch = Batch(lake, dry_run, days)
    previous = PreviousDays(lake, batch.contracts_of)
    for done, source in enumerate(sources):
        if on_file:
            on_file(done, len(sources))
        try:
            checked = read_file(source, vendor, options, named=named, remembered=remembered)
            with_file = previous.copy()
            checked.check_days(with_file, max_quarantine, any_day=any_day, whole_days=days == "replace")
        except UnknownFormatError as error:
            batch.reject(source, str(error), error.starter)
        except RejectedFileError as error:
            batch.reject(source, str(error))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            batch.reject(source, f"NOT_READ: {str(error).splitlines()[0]}")
        else:
            previous = with_file
            batch.add(checked)
            # a later file of the command is read as if it were ingested by its own command
            remembered = remembered | checked.exchange_of.to_remember(checked.units["symbol"].unique())
    batch.finish()
    if on_file:
        on_file(len(sources), len(sources))
    return IngestOutcome(format_name, tuple(batch.outcomes), lake.versions().get(batch.table, -1))


def vendor_of(name: str) -> VendorFormat:
    """The format with this name, or the format in a mapping file.

    Raises:
        FlowbtError: there is no such format, or the mapping file is not valid.
    """
    if name.lower().endswith(".toml"):
        from flowbt.lake.vendors.mapping_file import read_mapping  # noqa: PLC0415 (rarely needed)

        return read_mapping(Path(name))
    return format_named(name)


def _named_after(source: Source) -> set[str]:
    """The symbols that the file's name may begin with: `IWM_2026.csv` may be IWM's, `BRK.B_2026.csv` BRK's or BRK.B's."""
    word = re.split(r"[_\s]", source.stem)[0]
    named = re.search(rf"/{NAMED_OR_IN_FOLDER}", source.full_path, re.IGNORECASE)
    words = [word, word.partition(".")[0], *([named["symbol"]] if named else [])]
    return {spell_symbol(one) for one in words}


def _wanted(source: Source, vendor: VendorFormat | None, options: ReadOptions) -> bool:
    """Whether a file may have the chosen symbol, by its name."""
    if options.symbol is None or vendor is None or not vendor.symbol_in_path:
        return True
    in_path = shared_values(source, vendor.layouts[0], ReadOptions())
    return vendor.table != "chains" or spell_symbol(in_path.get("symbol", options.symbol)) == options.symbol
