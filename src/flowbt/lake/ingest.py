"""Vendor files into the lake.

1. `find_files` turns paths, folders and globs into files, in order of their names.
2. Each file is read by its format into text columns (`flowbt.lake.vendors`) and sifted (`flowbt.lake.quality`).
3. `check_days` refuses a file whose day is no session, or is the day before once more.
4. What is kept is written in batches of days (`flowbt.lake.batch`); a unit that the lake holds already is a duplicate.

Of a trade tape (`flowbt.lake.tape`) rows of closed days are set aside instead, and canceled prints do not count as bad.

For every file: rows in = committed + quarantined + duplicates, or the file is rejected and nothing of it is stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from flowbt.errors import FlowbtError, RejectedFileError
from flowbt.lake.batch import Batch, FileOutcome, FileRead
from flowbt.lake.days import check_days, set_aside_closed
from flowbt.lake.files import find_files
from flowbt.lake.quality import sift
from flowbt.lake.store import Lake
from flowbt.lake.tape import CANCELED, sift_prints
from flowbt.lake.vendors import ReadOptions, VendorFormat, format_named, recognise


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
        for name in ("rows_in", "committed", "quarantined", "duplicates"):
            counts[name] = sum(int(getattr(file, name)) for file in self.files)
        return counts


def ingest_files(
    lake: Lake,
    format_name: str,
    paths: Sequence[str],
    *,
    options: ReadOptions | None = None,
    max_quarantine: float = 0.05,
    dry_run: bool = False,
    on_file: Callable[[int, int], None] | None = None,
) -> IngestOutcome:
    """Bring files into the lake; `format_name` is a vendor format or `auto`.

    Args:
        lake: where to.
        format_name: how to read the files.
        paths: files, folders, globs.
        options: the symbol, the date and how dates are written, where the files do not say.
        max_quarantine: a file with more than this share of unusable rows is rejected.
        dry_run: read and judge, write nothing (a unit already stored then counts as committed).
        on_file: told (files done, files in all).

    Raises:
        FlowbtError: no such path or format, or a file that cannot be opened.
    """
    options = options or ReadOptions()
    if options.symbol:
        options = replace(options, symbol=options.symbol.upper())
    vendor = None if format_name == "auto" else format_named(format_name)
    files = find_files(paths, vendor, options.symbol)
    batch = Batch(lake, dry_run)
    for done, path in enumerate(files):
        if on_file:
            on_file(done, len(files))
        try:
            file_format = vendor or recognise(path)
            read = _read(path, file_format, options)
            if file_format.table == "chains":
                check_days(read.sifted.kept, batch.before)
            _check_share(read, max_quarantine)
            batch.check_units(read)
        except RejectedFileError as error:
            batch.reject(path, str(error))
        else:
            batch.add(read)
    batch.flush()
    if on_file:
        on_file(len(files), len(files))
    versions = lake.versions()
    return IngestOutcome(format_name, tuple(batch.outcomes), versions.get(batch.table, -1))


def _read(path: Path, vendor: VendorFormat, options: ReadOptions) -> FileRead:
    try:
        text = vendor.read(path, options)
    except OSError as error:
        raise FlowbtError(f"'{path}' cannot be read: {error.strerror or error}") from None
    if not text.height:
        raise RejectedFileError("EMPTY", "there are no rows in the file")
    text = _fill_in(text, vendor)
    if vendor.table == "prints":
        sifted = sift_prints(text, options.date_format, vendor.zero_is_missing)
    else:
        sifted = sift(text, vendor.table, options.date_format, vendor.zero_is_missing)
    if vendor.table != "chains":
        sifted = set_aside_closed(sifted)
    if vendor.table == "chains" and (sifted.kept["oi_lag"] == 0).any():
        raise RejectedFileError(
            "OI_KNOWN_LATER",
            "oi_lag is 0: this open interest was not known at the close; give the day before's, oi_lag 1",
        )
    return FileRead(path, vendor, text.height, sifted)


def _fill_in(text: pl.DataFrame, vendor: VendorFormat) -> pl.DataFrame:
    """What a source may leave unsaid: 100 shares a contract, and what the format declares of its open interest."""
    unsaid = {} if vendor.table == "prices" else {"multiplier": "100", "source": vendor.name}
    if vendor.table == "chains":
        unsaid["oi_lag"] = str(1 if vendor.oi_lag is None else vendor.oi_lag)
    return text.with_columns(
        (pl.col(name).fill_null(value) if name in text.columns else pl.lit(value)).alias(name)
        for name, value in unsaid.items()
    )


def _check_share(read: FileRead, max_quarantine: float) -> None:
    unusable = read.sifted.rejected.filter(pl.col("reason") != CANCELED)
    bad = unusable.height
    if bad > max_quarantine * read.rows_in:
        reasons = unusable["reason"].value_counts(sort=True).rows()[:3]
        listed = ", ".join(f"{n} {reason}" for reason, n in reasons)
        raise RejectedFileError(
            "TOO_MANY_BAD_ROWS", f"{bad} of {read.rows_in} rows cannot be used ({listed}); see --max-quarantine"
        )
