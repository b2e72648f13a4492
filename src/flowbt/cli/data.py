"""Commands about the lake: status, simulate."""

from typing import Annotated

import typer

from flowbt.cli.console import DEFAULT_LAKE, AsOfOption, JsonOption, LakeOption, emit, progress


def status(as_of: AsOfOption = None, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """What the lake holds: symbols, ranges, gaps, quarantine."""
    from flowbt.cli.status_text import status_text
    from flowbt.lake import Lake
    from flowbt.workflows.lake_status import status as status_of

    document = status_of(Lake(lake, as_of))
    emit(document, as_json, lambda: status_text(document))


def simulate(
    symbols: Annotated[int, typer.Option(help="How many symbols: SYN000, SYN001, ...")] = 3,
    sessions: Annotated[int, typer.Option(help="How many sessions with chains.")] = 250,
    seed: Annotated[int, typer.Option(help="The same seed gives the same market.")] = 7,
    edge_bp: Annotated[float, typer.Option(help="Drift planted after extreme flow, in basis points.")] = 0.0,
    edge_horizon: Annotated[int, typer.Option(help="Sessions over which the drift is spread.")] = 3,
    contracts_per_snapshot: Annotated[int, typer.Option(help="About how many contracts a chain has.")] = 1500,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write a synthetic market into an empty lake."""
    from flowbt.lake import Lake
    from flowbt.market import MarketConfig
    from flowbt.workflows import housekeeping as data

    config = MarketConfig(
        symbols=symbols, sessions=sessions, seed=seed, edge_bp=edge_bp, edge_horizon=edge_horizon,
        contracts_per_snapshot=contracts_per_snapshot,
    )  # fmt: skip
    with progress("Simulating") as on_block:
        document = data.simulate(Lake(lake), config, on_block)
    emit(
        document,
        as_json,
        lambda: (
            f"{len(document['symbols'])} symbols, {document['sessions']} sessions, "
            f"{document['contracts']:,} contracts in {document['lake']}"
        ),
    )
