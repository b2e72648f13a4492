"""Merge small files of the lake: compact."""

from typing import TYPE_CHECKING

from flowbt.cli.console import (
    DEFAULT_LAKE,
    JsonOption,
    LakeOption,
    emit,
)

if TYPE_CHECKING:
    from flowbt.lake.compact import Compaction


def compact(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Merge each month's many small files into few; older versions stay readable."""
    from flowbt.lake import Lake
    from flowbt.lake.compact import compact_lake

    compaction = compact_lake(Lake(lake))
    emit(compaction.document(), as_json, lambda: _compact_text(compaction))


def _compact_text(compaction: "Compaction") -> str:
    lines = [f"{row.table:<12} {row.files_before:,} files, now {row.files_after:,}" for row in compaction.tables]
    if compaction.removed:
        lines.append(f"{len(compaction.removed):,} files that belonged to no version removed")
    return "\n".join(lines)
