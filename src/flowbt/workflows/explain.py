"""Which vendor formats there are, and how a file would be read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowbt.documents import Result
from flowbt.lake.intake.database_tables import each_table
from flowbt.lake.intake.explain import explain
from flowbt.lake.intake.ingest import vendor_of
from flowbt.lake.reading import find_sources
from flowbt.lake.vendors import FORMATS, ReadOptions, check_date_format


@dataclass(frozen=True)
class Format(Result):
    """A vendor format: its name, the table it goes into, and a description."""

    name: str
    table: str
    description: str


def formats() -> tuple[Format, ...]:
    """The vendor formats."""
    return tuple(Format(each.name, each.table, each.description) for each in FORMATS.values())


def explain_file(path: Path, format_name: str, options: ReadOptions) -> dict[str, Any]:
    """How a file would be read, by this format or the one that recognises it (`flowbt.lake.intake.explain`)."""
    if options.date_format is not None:
        check_date_format(options.date_format)
    (source,) = find_sources([str(path)], None, lambda _: True)[:1]
    if format_name == "auto":
        return explain(each_table(source, FORMATS.values())[0], None, options)
    return explain(source, vendor_of(format_name), options)
