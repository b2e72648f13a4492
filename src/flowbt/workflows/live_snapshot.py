"""Today's chain from a live source into the lake."""

from typing import Any

from flowbt.lake import Lake


def snapshot(lake: Lake, symbol: str, source: str = "yfinance") -> dict[str, Any]:
    """Bring today's chain from a live source into the lake (`flowbt.lake.intake.live`): the document of ingest, with `date` and `closed`."""
    from flowbt.lake.intake.live import take_snapshot  # noqa: PLC0415 (of no use to other commands)

    outcome, day, closed = take_snapshot(lake, symbol, source)
    return {"symbol": symbol, "date": day, "closed": closed, **outcome.document()}
