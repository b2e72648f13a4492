"""Store today's chain from a live source: snapshot."""

from typing import TYPE_CHECKING, Annotated

import typer

from flowbt.cli.console import DEFAULT_LAKE, JsonOption, LakeOption, emit

if TYPE_CHECKING:
    pass


def snapshot(
    symbol: Annotated[str, typer.Argument(help="Symbol as the source writes it: IWM, ^SPX.")],
    source: Annotated[str, typer.Option(help="Data source: yfinance (needs the extra `flowbt[live]`).")] = "yfinance",
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Append today's chain from a live source; run it after each close to build a history."""
    from flowbt.cli import ingest_text
    from flowbt.lake import Lake
    from flowbt.workflows import housekeeping as data

    document = data.snapshot(Lake(lake), symbol, source)
    emit(document, as_json, lambda: ingest_text.snapshot_taken(document))
    if document["totals"]["rejected"]:
        raise typer.Exit(1)
