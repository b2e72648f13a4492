"""Merge small files of the lake: compact."""

from typing import Any

from flowbt.cli.console import (
    DEFAULT_LAKE,
    JsonOption,
    LakeOption,
    emit,
)


def compact(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Merge each month's many small files into few; older versions stay readable."""
    from flowbt.lake import Lake
    from flowbt.lake.compact import compact_lake

    document = compact_lake(Lake(lake))
    emit(document, as_json, lambda: _compact_text(document))


def _compact_text(document: dict[str, Any]) -> str:
    lines = [
        f"{row['table']:<12} {row['files_before']:,} files merged into {row['files_after']:,}"
        for row in document["tables"]
    ]
    if document["removed"]:
        lines.append(f"removed {len(document['removed']):,} files that belonged to no version")
    return "\n".join(lines)
