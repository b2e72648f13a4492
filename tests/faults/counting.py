"""How many rows a vendor's file has, counted without the readers: lines of a table, objects of a document that look like rows.

A wide row is a contract for each side of which any cell has a value; blank rows are none.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.contracts.conftest import Sample

from flowbt.lake.reading.names import folded, lacking, numbered
from flowbt.lake.vendors import Layout, VendorFormat
from flowbt.schema import SIDES

UNKNOWN = re.compile(r"(?i)[+-]?nan|nat|none|null|#?n/a|<na>|--?|")

OPTION_OF_LEAN = ("expiry", "strike", "right")
"""All blank in the row of the underlying."""


def rows_in(sample: Sample, content: bytes, vendor: VendorFormat) -> int:
    """Rows of a file that was made of a sample, as a format counts them."""
    if not sample.is_table:
        return _in_document(json.loads(content), vendor)
    above, _, _, below = sample.table()
    lines = content.decode().splitlines()
    records = list(csv.reader(lines[len(above) : len(lines) - len(below)], skipinitialspace=True))
    # a header that was changed may have a whole one below it: rows begin below the first that fits
    start, names, layout = next(
        (number, names, layout)
        for number, names in enumerate(numbered(map(folded, record)) for record in records)
        if (layout := _layout(vendor, names)) is not None
    )
    rows = [dict(zip(names, record, strict=True)) for record in records[start + 1 :] if _has_text(record)]
    if vendor.name == "lean":
        rows = [row for row in rows if _has_text([row[name] for name in OPTION_OF_LEAN])]
    return sum(_contracts(row, layout) for row in rows)


def _layout(vendor: VendorFormat, names: Sequence[str]) -> Layout | None:
    fitting = [layout for layout in vendor.layouts if not layout.rows and not lacking(layout.header, names)]
    return max(fitting, key=lambda layout: len(layout.header), default=None)


def _in_document(document: Any, vendor: VendorFormat) -> int:
    found = []
    for layout in vendor.layouts:
        if layout.cells:
            items = [item.get("ticks") for item in document.get("response", ()) if isinstance(item, dict)]
            found.append(sum(len(ticks) for ticks in items if isinstance(ticks, list)))
        elif layout.rows or isinstance(document, list):
            found.append(sum(_contracts(row, layout) for row in _like_rows(document, layout)))
    return max(found)


def _like_rows(node: Any, layout: Layout) -> Iterator[Mapping[str, Any]]:
    """Objects with at least half of the names of a row."""
    given = set(re.findall(r"\*(\w+)", layout.rows))
    wanted = [
        {one.split(".")[0] for one in name.split("|")}
        for name in layout.header
        if not name.startswith("$.") and name not in given
    ]
    if isinstance(node, dict):
        held = {folded(key) for key in node}
        if 2 * sum(bool(names & held) for names in wanted) >= len(wanted):
            yield {folded(key): value for key, value in node.items()}
            return
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _like_rows(child, layout)


def _contracts(row: Mapping[str, Any], layout: Layout) -> int:
    if not layout.wide:
        return 1
    return sum(_is_filled([row.get(name) for name in _names(layout, side, row)], layout) for side in SIDES)


def _names(layout: Layout, side: str, row: Mapping[str, Any]) -> set[str]:
    chosen = layout.chosen(row)
    return {name for ours, theirs in chosen.items() if ours.startswith(f"{side}_") for name in theirs.meta.root_names()}


def _is_filled(cells: Sequence[Any], layout: Layout) -> bool:
    texts = ["" if cell is None else str(cell).strip() for cell in cells]
    return any(not UNKNOWN.fullmatch(text) and text not in layout.empty for text in texts)


def _has_text(record: Sequence[str]) -> bool:
    return any(cell.strip() for cell in record)
