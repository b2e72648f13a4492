"""Write a synthetic market into an empty lake: simulate."""

from typing import Annotated

import typer

from flowbt.cli.console import DEFAULT_LAKE, JsonOption, LakeOption, emit, progress


def simulate(
    symbols: Annotated[int, typer.Option(help="Number of symbols: SYN000, SYN001, ...")] = 3,
    sessions: Annotated[int, typer.Option(help="Number of sessions with chains.")] = 250,
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same market.")] = 7,
    edge_bp: Annotated[float, typer.Option(help="Drift added after extreme flow, in basis points.")] = 0.0,
    edge_horizon: Annotated[int, typer.Option(help="Sessions over which the drift is spread.")] = 3,
    contracts_per_snapshot: Annotated[int, typer.Option(help="Approximate number of contracts per chain.")] = 1500,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write a synthetic market into an empty lake."""
    from flowbt.lake import Lake
    from flowbt.market import MarketConfig
    from flowbt.workflows.simulate import simulate_market

    config = MarketConfig(
        symbols=symbols, sessions=sessions, seed=seed, edge_bp=edge_bp, edge_horizon=edge_horizon,
        contracts_per_snapshot=contracts_per_snapshot,
    )  # fmt: skip
    with progress("Simulating") as on_block:
        simulation = simulate_market(Lake(lake), config, on_block)
    emit(
        simulation.document(),
        as_json,
        lambda: (
            f"{len(simulation.symbols)} symbols, {simulation.sessions} sessions, "
            f"{simulation.contracts:,} contracts in {simulation.lake}"
        ),
    )
