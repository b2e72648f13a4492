"""Known files that are not supported: the reason, and what to do instead.

A mapping file for their columns would be accepted, and the numbers would be wrong.
"""

from collections.abc import Mapping
from typing import Final

from flowbt.lake.reading import OpenFile, Shape
from flowbt.lake.reading.names import lacking

NOT_SUPPORTED: Final[Mapping[frozenset[str], str]] = {
    frozenset({"instrument_name", "mark_iv", "mark_price", "underlying_price", "underlying_index"}): (
        "book summaries of Deribit: premiums are in the coin, not in USD, contracts are for one coin, and the market has no sessions; "
        "multiply prices by underlying_price, choose one moment of each day, and ingest the result with a mapping file "
        "(docs/mapping-files.md) and --any-day"
    ),
    frozenset({"ticker", "conditions", "exchange", "price", "sip_timestamp", "size"}): (
        "trades of Massive (Polygon.io): they have no quotes, which the table of prints needs to know the side; join them with the quotes, "
        "and ingest the result as `prints` (`flowbt ingest --list`)"
    ),
}
"""Reasons by the columns of such a file."""


def why_not_supported(file: OpenFile) -> str | None:
    """Why a file without a recognised format is not supported; None if it is not one of the known files."""
    for header, reason in NOT_SUPPORTED.items():
        if not lacking(header, file.names(Shape(header))):
            return reason
    return None
