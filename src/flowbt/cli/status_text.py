"""What a lake holds, as text for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

SHOWN = 3


def status_text(document: Mapping[str, Any]) -> str:
    """A line per symbol and table, and below it what is odd."""
    lines = [f"lake {document['lake']}, versions " + ", ".join(f"{k} {v}" for k, v in document["version"].items())]
    lines.append("chains")
    for row in document["chains"]:
        missing = row["missing_sessions"]
        gaps = f", {len(missing)} missing (first {missing[0]})" if missing else ", none missing"
        lines.append(
            f"  {row['symbol']:<8} {row['exchange']}  {row['first']} to {row['last']}  {row['sessions']:>5} sessions{gaps}, "
            f"{row['contracts']:,} contracts; {_open_interest(row)}"
        )
        lines += [f"           {line}" for line in _oddities(row)]
    lines.append("prices")
    for row in document["prices"]:
        lines.append(
            f"  {row['symbol']:<8} {row['exchange']}  {row['first']} to {row['last']}  {row['sessions']:>5} bars"
        )
        if row["differ_from_chain"]:
            lines.append(
                f"           on {row['differ_from_chain']:,} days over 5% from the underlying in the chain: adjusted prices? "
                "Strikes are in prices as traded"
            )
    if document["prints"]:
        lines.append("prints")
    lines += [
        f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['sessions']:>5} sessions, {row['prints']:,} prints"
        for row in document["prints"]
    ]
    if document["actions"]:
        lines.append("corporate actions")
    lines += [
        f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['splits']} splits, {row['dividends']} dividends"
        for row in document["actions"]
    ]
    quarantined = document["quarantined"]
    lines.append(f"quarantined rows: {quarantined:,}" + (" (`flowbt quarantine` shows them)" if quarantined else ""))
    return "\n".join(lines)


def _open_interest(row: Mapping[str, Any]) -> str:
    declared, detected = row["oi_lag_declared"], row["oi_lag_detected"]
    said = {1: "of the close before", 0: "of the same close", None: "of which close is not declared"}[declared]
    found = {1: "of the close before", 0: "of the same close", None: "not detectable"}[detected]
    return f"open interest {said} (detected: {'the same' if declared == detected is not None else found})"


def _spot(row: Mapping[str, Any]) -> str:
    words = {
        "chain": "from the chain",
        "bar": "the close of the price bar",
        "parity": "implied by put-call parity",
        "unknown": "unknown (`flowbt ingest ohlcv` adds price bars)",
    }
    return "spot: " + ", ".join(f"{words[source]} on {days:,} days" for source, days in row["spot"].items() if days)


def _oddities(row: Mapping[str, Any]) -> list[str]:
    lines = []
    if row["oi_lag_contradicted"]:
        lines.append("the open interest is not of the close that was declared: ingest again with --oi-lag")
    elif row["oi_lag_declared"] is None and row["oi_lag_detected"] is not None:
        lines.append(f"say which close it is of: ingest again with --oi-lag {row['oi_lag_detected']}")
    for jump in row["price_jumps"]:
        why = (
            "no split on file: `flowbt ingest actions` brings it in"
            if jump["split"] is None
            else f"a split of {jump['split']:g} for 1 is on file"
        )
        lines.append(f"{jump['date']}: the underlying went from {jump['from']:,.2f} to {jump['to']:,.2f}; {why}")
    if row["spot"]["chain"] < row["sessions"]:
        lines.append(_spot(row))
    if row["partial_days"]:
        lines.append(f"partial days, left out unless asked for: {_days(row['partial_days'])}")
    if row["stale_open_interest"]:
        lines.append(f"open interest of the day before once more: {_days(row['stale_open_interest'])}")
    lines += [
        f"{what.replace('_', ' ')} unknown (0 for every contract in the source): {_days(row[f'unknown_{what}'])}"
        for what in ("open_interest", "volume")
        if row[f"unknown_{what}"]
    ]
    if row["adjusted_contracts"]:
        lines.append(f"{row['adjusted_contracts']:,} adjusted contracts, left out of metrics")
    return lines


def _days(days: Sequence[Any]) -> str:
    more = f" and {len(days) - SHOWN} more" if len(days) > SHOWN else ""
    return ", ".join(str(day) for day in days[:SHOWN]) + more
