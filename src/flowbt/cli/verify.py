"""Check every byte of the lake for damage: verify."""

from typing import TYPE_CHECKING, Annotated

import typer

from flowbt.cli.console import (
    DEFAULT_LAKE,
    JsonOption,
    LakeOption,
    emit,
)

if TYPE_CHECKING:
    from flowbt.lake.verify import Verification


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

    verification = verify_lake(Lake(lake), repair=repair)
    emit(verification.document(), as_json, lambda: _verify_text(verification))
    if not verification.ok:
        raise typer.Exit(1)


def _verify_text(verification: "Verification") -> str:
    lines = [f"damaged  {file.path}: {file.reason}" for file in verification.damaged]
    lines += [f"set aside  {path}" for path in verification.set_aside or ()]
    if verification.unreferenced:
        lines.append(f"{len(verification.unreferenced):,} files belong to no version; `flowbt compact` removes them")
    if verification.damaged:
        lines.append("restore what is damaged from a backup, or ingest the files again into a new lake")
    state = "all intact" if verification.ok else f"{len(verification.damaged):,} damaged"
    return "\n".join([*lines, f"{verification.files:,} files read, {state}"])
