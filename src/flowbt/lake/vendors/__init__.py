"""The vendor formats, one file each; adding one is a new file here and its line in `FORMATS`."""

from flowbt.errors import UnknownNameError
from flowbt.lake.vendors import actions, canonical, ohlcv, prints, riskalert_json, unusual_whales
from flowbt.lake.vendors.base import Layout, ReadOptions, VendorFormat

__all__ = ["FORMATS", "Layout", "ReadOptions", "VendorFormat", "format_named"]

FORMATS: dict[str, VendorFormat] = {
    module.FORMAT.name: module.FORMAT for module in (riskalert_json, canonical, ohlcv, actions, prints, unusual_whales)
}


def format_named(name: str) -> VendorFormat:
    """The format of this name."""
    if name not in FORMATS:
        raise UnknownNameError("format", name, FORMATS, hint="`flowbt ingest --list` shows them all")
    return FORMATS[name]
