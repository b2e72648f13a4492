"""What a lake contains, as text for a terminal."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowbt.workflows.lake_contents import ChainStatus, LakeStatus

SHOWN = 3
CLOSES = {1: "of the close before", 0: "of the same close"}
SOURCES = {
    "chain": "from the chain",
    "bar": "the close of the price bar",
    "parity": "implied by put-call parity",
    "unknown": "unknown (`flowbt ingest ohlcv` adds price bars)",
}


def status_text(status: "LakeStatus") -> str:
    """A line per symbol and table, and below it anything unusual."""
    lines = [f"lake {status.lake}, versions " + ", ".join(f"{name} {n}" for name, n in status.version.items())]
    lines.append("chains")
    for chain in status.chains:
        missing = chain.missing_sessions
        gaps = f", {len(missing)} missing (first {missing[0]})" if missing else ", none missing"
        lines.append(
            f"  {chain.symbol:<8} {chain.exchange}  {chain.first} to {chain.last}  {chain.sessions:>5} sessions{gaps}, "
            f"{chain.contracts:,} contracts; {_open_interest(chain)}"
        )
        lines += [f"           {line}" for line in _unusual(chain)]
    lines.append("prices")
    for bars in status.prices:
        lines.append(f"  {bars.symbol:<8} {bars.exchange}  {bars.first} to {bars.last}  {bars.sessions:>5} bars")
        if bars.differ_from_chain:
            lines.append(_other_scale(bars.differ_from_chain))
    if status.prints:
        lines.append("prints")
    lines += [
        f"  {tape.symbol:<8} {tape.first} to {tape.last}  {tape.sessions:>5} sessions, {tape.prints:,} prints"
        for tape in status.prints
    ]
    if status.actions:
        lines.append("corporate actions")
    lines += [
        f"  {actions.symbol:<8} {actions.first} to {actions.last}  {actions.splits} splits, {actions.dividends} dividends"
        for actions in status.actions
    ]
    quarantined = status.quarantined
    lines.append(f"quarantined rows: {quarantined:,}" + (" (`flowbt quarantine` shows them)" if quarantined else ""))
    return "\n".join(lines)


def _other_scale(days: int) -> str:
    from flowbt.workflows.lake_contents import DIFFERS

    return (
        f"           on {days:,} days more than {DIFFERS:.0%} from the underlying in the chain: adjusted prices? "
        "Strikes are in prices as traded"
    )


def _open_interest(chain: "ChainStatus") -> str:
    declared, detected = chain.oi_lag_declared, chain.oi_lag_detected
    of = "of an undeclared close" if declared is None else CLOSES[declared]
    if detected is None:
        return f"open interest {of} (detected: not detectable)"
    return f"open interest {of} (detected: {'the same' if declared == detected else CLOSES[detected]})"


def _unusual(chain: "ChainStatus") -> list[str]:
    lines = []
    if chain.oi_lag_contradicted:
        lines.append("the open interest is not of the close that was declared: ingest again with --oi-lag")
    elif chain.oi_lag_declared is None and chain.oi_lag_detected is not None:
        lines.append(f"declare which close it is of: ingest again with --oi-lag {chain.oi_lag_detected}")
    for jump in chain.price_jumps:
        why = (
            "no split on file: add it with `flowbt ingest actions`"
            if jump.split is None
            else f"a split of {jump.split:g} for 1 is on file"
        )
        lines.append(f"{jump.date}: the underlying went from {jump.start:,.2f} to {jump.end:,.2f}; {why}")
    if chain.spot["chain"] < chain.sessions:
        counts = (f"{SOURCES[source]} on {days:,} days" for source, days in chain.spot.items() if days)
        lines.append("spot: " + ", ".join(counts))
    if chain.partial_days:
        lines.append(f"partial days, left out by default: {_days(chain.partial_days)}")
    if chain.stale_open_interest:
        lines.append(f"open interest repeated from the day before: {_days(chain.stale_open_interest)}")
    for what, days in (("open interest", chain.unknown_open_interest), ("volume", chain.unknown_volume)):
        if days:
            lines.append(f"{what} unknown (0 for every contract in the source): {_days(days)}")
    if chain.adjusted_contracts:
        lines.append(f"{chain.adjusted_contracts:,} adjusted contracts, left out of metrics")
    return lines


def _days(days: Sequence[date]) -> str:
    more = f" and {len(days) - SHOWN} more" if len(days) > SHOWN else ""
    return ", ".join(str(day) for day in days[:SHOWN]) + more
