"""Commands about the lake: status, simulate."""

from typing import Annotated, Any

import typer

from flowbt.cli.console import DEFAULT_LAKE, AsOfOption, JsonOption, LakeOption, emit, progress


def status(as_of: AsOfOption = None, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """What the lake holds: symbols, ranges, gaps, quarantine."""
    from flowbt.lake import Lake
    from flowbt.research import data

    document = data.status(Lake(lake, as_of))
    emit(document, as_json, lambda: _status_text(document))


def _status_text(document: dict[str, Any]) -> str:
    lines = [f"lake {document['lake']}, versions " + ", ".join(f"{k} {v}" for k, v in document["version"].items())]
    lines.append("chains")
    for row in document["chains"]:
        missing = row["missing_sessions"]
        gaps = f", {len(missing)} missing (first {missing[0]})" if missing else ", none missing"
        lines.append(
            f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['sessions']:>5} sessions{gaps}, "
            f"{row['contracts']:,} contracts, open interest lags {row['oi_lag_declared']} session (declared), {_lag(row['oi_lag_detected'])}"
        )
    lines.append("prices")
    lines += [
        f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['sessions']:>5} bars" for row in document["prices"]
    ]
    if document["prints"]:
        lines.append("prints")
    lines += [
        f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['sessions']:>5} sessions, {row['prints']:,} prints"
        for row in document["prints"]
    ]
    lines.append(f"quarantined rows: {document['quarantined']:,}")
    return "\n".join(lines)


def _lag(detected: int | None) -> str:
    return "not detectable" if detected is None else f"{detected} (detected)"


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
    from flowbt.research import data

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
