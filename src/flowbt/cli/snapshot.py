"""Store today's chain from a live source: snapshot."""

from typing import Annotated

import typer

from flowbt.cli.console import DEFAULT_LAKE, JsonOption, LakeOption, emit


def snapshot(
    symbol: Annotated[str, typer.Argument(help="Symbol as the source writes it: IWM, ^SPX.")],
    source: Annotated[str, typer.Option(help="Data source: yfinance (needs the extra `flowbt[live]`).")] = "yfinance",
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Append today's chain from a live source; run it after each close to build a history."""
    from flowbt.cli import ingest_text
    from flowbt.lake import Lake
    from flowbt.workflows.live_snapshot import snapshot as take_snapshot

    document = take_snapshot(Lake(lake), symbol, source)
    emit(document, as_json, lambda: ingest_text.snapshot_taken(document))
    if document["totals"]["rejected"]:
        raise typer.Exit(1)
