"""The vendor formats, one file each; adding one is a new file here and its line in `FORMATS`."""

from pathlib import Path

import polars as pl

from flowbt.errors import FlowbtError, RejectedFileError, UnknownNameError
from flowbt.lake.vendors import canonical, ohlcv, prints, riskalert_json, unusual_whales
from flowbt.lake.vendors.base import ReadOptions, VendorFormat

__all__ = ["FORMATS", "ReadOptions", "VendorFormat", "format_named", "recognise"]

FORMATS: dict[str, VendorFormat] = {
    module.FORMAT.name: module.FORMAT for module in (riskalert_json, canonical, ohlcv, prints, unusual_whales)
}


def format_named(name: str) -> VendorFormat:
    """The format of this name."""
    if name not in FORMATS:
        raise UnknownNameError("format", name, FORMATS, hint="`flowbt ingest --list` shows them all")
    return FORMATS[name]


def recognise(path: Path) -> VendorFormat:
    """The one format that recognises the file."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
        found = [vendor for vendor in FORMATS.values() if vendor.recognises(path, head)]
    except OSError as error:
        raise FlowbtError(f"'{path}' cannot be read: {error.strerror or error}") from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise RejectedFileError("NOT_PARQUET", str(error).splitlines()[0]) from None
    if len(found) != 1:
        which = " and ".join(vendor.name for vendor in found)
        raise RejectedFileError(
            "UNKNOWN_FORMAT", f"it looks like {which or 'none known'}: name the format, see `flowbt ingest --list`"
        )
    return found[0]
