"""Check every byte of the lake for damage: verify."""

from typing import Annotated, Any

import typer

from flowbt.cli.console import (
    DEFAULT_LAKE,
    JsonOption,
    LakeOption,
    emit,
)


def verify(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Set aside a torn newest log entry that was never acknowledged; change nothing else."
        ),
    ] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Read every byte of the lake and report damage; exit code 1 if there is any."""
    from flowbt.lake import Lake
    from flowbt.lake.verify import verify_lake

    document = verify_lake(Lake(lake), repair=repair)
    emit(document, as_json, lambda: _verify_text(document))
    if not document["ok"]:
        raise typer.Exit(1)


def _verify_text(document: dict[str, Any]) -> str:
    lines = [f"damaged  {file['path']}: {file['reason']}" for file in document["damaged"]]
    lines += [f"set aside  {path}" for path in document.get("set_aside", [])]
    if document["unreferenced"]:
        lines.append(f"{len(document['unreferenced']):,} files belong to no version; `flowbt compact` removes them")
    if document["damaged"]:
        lines.append("restore damaged files from a backup, or ingest the vendor files again into a new lake")
    state = "all intact" if document["ok"] else f"{len(document['damaged']):,} damaged"
    return "\n".join([*lines, f"{document['files']:,} files read, {state}"])
