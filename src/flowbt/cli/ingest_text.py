"""What became of files, as text for a terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flowbt.cli.tables import value_text

if TYPE_CHECKING:
    from flowbt.workflows.explain import Format
    from flowbt.workflows.quarantine import Quarantine

MOST_REASONS = 3
"""Reasons for which rows were set aside that are shown of each file."""


def formats_text(formats: Sequence["Format"]) -> str:
    """A line per format: name, table, description."""
    return "\n".join(f"{each.name:<20} {each.table:<8} {each.description}" for each in formats)


def ingested(document: Mapping[str, Any], *, dry_run: bool) -> str:
    """What was rejected and why, warnings, and the account of all rows."""
    totals = document["totals"]
    lines = [
        f"rejected  {file['path']}: {file['reason']}" for file in document["files"] if file["status"] == "rejected"
    ]
    lines += _starters(document["files"])
    for file in document["files"]:
        for ours, theirs in file["missing_columns"].items():
            lines.append(f"missing   {file['path']}: no column {theirs} ({ours}), which {file['format']} files have")
        for one in file["set_aside"][:MOST_REASONS]:
            lines.append(f"set aside {file['path']}: {one['rows']:,} {one['reason']}, {_where(one)}")
    warnings: dict[str, int] = {}
    for file in document["files"]:
        for code, n in file["warnings"].items():
            warnings[code] = warnings.get(code, 0) + n
    if warnings:
        lines.append("kept with warnings: " + ", ".join(f"{n:,} {code}" for code, n in sorted(warnings.items())))
    unchanged = sum(file["status"] == "unchanged" for file in document["files"])
    lines.append(
        f"{totals['files']:,} files: {totals['files'] - totals['rejected'] - unchanged:,} committed, {unchanged:,} unchanged, "
        f"{totals['rejected']:,} rejected" + (" (dry run: nothing written)" if dry_run else "")
    )
    lines.append(
        f"rows in {totals['rows_in']:,} = committed {totals['committed']:,} + quarantined {totals['quarantined']:,} "
        f"+ duplicates {totals['duplicates']:,}"
    )
    if totals["actions"]:
        lines.append(f"dividends and splits in the price files, taken into the table `actions`: {totals['actions']:,}")
    if totals["quarantined"]:
        lines.append("`flowbt quarantine` shows the rows that were set aside")
    return "\n".join(lines)


def _starters(files: Sequence[Mapping[str, Any]]) -> list[str]:
    """A starter mapping for each kind of file that no format recognises."""
    lines: list[str] = []
    columns: set[str] = set()
    for file in files:
        starter = file["starter_mapping"]
        kind = (starter or "").partition("[columns]")[2]
        if starter and kind not in columns:
            columns.add(kind)
            lines += ["", starter]
    return lines


def _where(one: Mapping[str, Any]) -> str:
    """The first row set aside for a reason, its cell, and what to do."""
    from flowbt.lake.intake.remedies import SetAside

    return f"first in {SetAside(**one).sentence()}"


def snapshot_taken(document: Mapping[str, Any]) -> str:
    """What was taken, and of which session."""
    lines = [ingested(document, dry_run=False)]
    said = f"{document['symbol']} on {document['date']}"
    if not document["totals"]["rejected"]:
        lines.append(said if document["closed"] else f"{said}, which is still open: take it again after the close")
    return "\n".join(lines)


def explained(told: Mapping[str, Any]) -> str:
    """How a file would be read."""
    lines = [told["path"]]
    near = {name: lacking for name, lacking in told.get("came_close", {}).items() if name != told["format"]}
    if told["format"]:
        shape = "a call and a put a row" if told["wide"] else "one row an item"
        lines += [
            f"is {told['format']}: {told['description']}",
            f"  recognised by {', '.join(told['recognised_by'])}; {shape}, into the table {told['table']}",
            f"  dates: {told['dates']}"
            + (f"; open interest: {told['open_interest']}" if told["open_interest"] else "")
            + (f"; quotes of {-told['quoted']} minutes before the close" if told["quoted"] else ""),
            "  columns",
        ]
        width = max(len(column["ours"]) for column in told["columns"])
        for column in told["columns"]:
            note = f"  ({column['note']})" if column["note"] else ""
            lines.append(f"    {column['ours']:<{width}}  <- {column['theirs']}{note}")
        lines += [f"  {what}: {', '.join(told[key])}" for key, what in _LEFT.items() if told[key]]
    elif near:
        lines += [f"  close to {name}, but for {', '.join(lacking)}" for name, lacking in near.items()]
    for number, row in enumerate(told.get("rows", []), 1):
        lines.append(f"  row {number} as it would be stored")
        lines.append("    " + ", ".join(f"{name} {value_text(value)}" for name, value in row.items()))
    lines += [
        f"  row {row['row']} would be set aside: {row['reasons']} ({row['why']})"
        for row in told.get("refused_rows", [])
    ]
    if told["reason"]:
        lines.append(f"  refused: {told['reason']}")
    if told.get("starter_mapping"):
        lines += ["", told["starter_mapping"]]
    return "\n".join(lines)


_LEFT = {
    "not_found": "ours that it does not give",
    "not_used": "theirs that are not used",
    "never_read": "known only later, and never read",
}


def quarantine_text(quarantine: "Quarantine") -> str:
    """Rows set aside: how many of each file and reason, then the first of them."""
    from flowbt.lake.intake.remedies import explained

    if not quarantine.rows:
        return "no rows in quarantine"
    lines = [f"{quarantine.rows:,} rows in quarantine"]
    lines += [f"  {each.rows:>8,}  {each.reason:<28} {each.file}" for each in quarantine.reasons]
    for row in quarantine.first:
        lines.append(f"{row['file']}, row {row['row']}: {row['reasons'].replace(' ', ', ')}")
        lines.append(f"    {explained(row['reasons'], row['row'], row['record'])}")
        lines.append(f"    {row['record']}")
    if quarantine.rows > len(quarantine.first):
        lines.append(f"(the first {len(quarantine.first)} shown: --limit shows more, --out writes all)")
    return "\n".join(lines)
