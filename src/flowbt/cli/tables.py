"""Metrics, the catalogue and the flow report as text for a terminal, and frames as files."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from flowbt.errors import FlowbtError
from flowbt.lake.export import harmless

TALL = 3
"""Up to this many rows are shown one above the other, a metric a line."""
WIDE = 12
"""With more columns than this a table cannot be read in a terminal."""


def catalogue_text(catalogue: Sequence[Mapping[str, Any]]) -> str:
    """A line per metric: name, grain, unit, the first sentence of its description; parameters below."""
    lines = []
    for metric in catalogue:
        lines.append(
            f"{metric['name']:<26} {metric['grain']:<9} {metric['unit']:<15} {metric['description'].splitlines()[0]}"
        )
        if metric["parameters"]:
            lines.append(" " * 27 + ", ".join(f"{name}={value}" for name, value in metric["parameters"].items()))
    return "\n".join(lines)


def frame_text(frame: pl.DataFrame) -> str:
    """A frame for reading: few rows one above the other, many as a table."""
    if frame.height > TALL and frame.width > WIDE:
        rest = f"({frame.height:,} rows, the last {TALL} shown: --select makes a table, --out and --json give all)"
        return f"{frame_text(frame.tail(TALL))}\n\n{rest}"
    if frame.height <= TALL:
        return "\n\n".join(
            "\n".join(f"{name:<26} {value_text(value)}" for name, value in row.items())
            for row in frame.iter_rows(named=True)
        )
    with pl.Config(
        tbl_rows=40, tbl_cols=-1, tbl_width_chars=200, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True,
        tbl_formatting="ASCII_MARKDOWN", thousands_separator=",", float_precision=4, tbl_cell_numeric_alignment="RIGHT",
    ):  # fmt: skip
        return str(frame)


def value_text(value: Any) -> str:
    """One value: thousands separated, six significant digits after the point at most, missing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.6f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return f"{value_text(value[0])} to {value_text(value[-1])}, {len(value)} values" if value else "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame in the format that the file's ending says."""
    sheet = harmless(_without_lists(frame).lazy()).collect()
    writers = {".parquet": frame.write_parquet, ".csv": sheet.write_csv, ".json": frame.write_json}
    if path.suffix not in writers:
        raise FlowbtError(f"'{path.name}' ends in no known format: write to .parquet, .csv or .json")
    try:
        writers[path.suffix](path)  # type: ignore[operator]
    except OSError as error:
        raise FlowbtError(f"'{path}' cannot be written: {error.strerror or error}") from None


def _without_lists(frame: pl.DataFrame) -> pl.DataFrame:
    """A list as JSON, which a CSV cell can hold."""
    lists = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    return frame.with_columns(
        pl.Series(name, [None if value is None else json.dumps(value.to_list()) for value in frame[name]], pl.String)
        for name in lists
    )


def write_text(text: str, path: Path) -> None:
    """Write text to a file."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise FlowbtError(f"'{path}' cannot be written: {error.strerror or error}") from None


def verdict_text(report: Mapping[str, Any]) -> str:
    """The flow report as a trader reads it after the close."""
    flow, held, levels = report["flow"], report["positioning"], report["levels"]
    said = (report["verdict"] or "no verdict").upper()
    score = "" if report["score"] is None else f" (score {report['score']:+.2f}, from -1 bearish to +1 bullish)"
    before_the_open = report["decision"] == "pre_open"
    lines = [f"{report['symbol']} on {report['date']}, spot {_usd(report['spot'], 2)}{_at(report['spot_time'])}"]
    if report["newer_report"]:
        lines.append(f"A newer report is available for {report['newer_report']}.")
    lines += ["", f"Flow verdict: {said}{score}", *(f"  {reason}" for reason in report["reasons"])]
    lines += [
        "",
        "Flow",
        f"  net premium          {_usd(flow['net_premium'])} of {_usd(flow['gross_premium'])} gross; "
        f"out of the money {_usd(flow['net_premium_otm'])}",
        f"  P/C volume ratio     {_number(flow['put_call_volume_ratio'])} {_rank(flow['put_call_volume_percentile'])}",
        f"  P/C OI ratio         {_number(flow['put_call_oi_ratio'])} {_rank(flow['put_call_oi_percentile'])}",
    ]
    if flow["dividend_play_premium"]:
        lines.append(f"  left out as a dividend play: {_usd(flow['dividend_play_premium'])} of call premium")
    lines += [
        "",
        "Positioning (live expiries; open interest "
        + ("of this close, published before the next open)" if before_the_open else "known at this close)"),
        f"  open interest        {value_text(held['call_open_interest'])} calls, "
        f"{value_text(held['put_open_interest'])} puts",
        f"  added                {_change(held['call_oi_change'])} calls, {_change(held['put_oi_change'])} puts",
        f"  GEX                  {_usd(held['gex'])} per 1% move (coverage {_percent(held['gex_coverage'])}; "
        "dealers assumed long calls, short puts)",
        f"  DEX                  net {_shares(held['dex_net'])}, gross {_shares(held['dex_gross'])}",
        "",
        "Levels",
        f"  call wall {_usd(levels['call_wall'], 2)}, put wall {_usd(levels['put_wall'], 2)}; OI peaks: calls "
        f"{_usd(levels['call_oi_peak'], 2)}, puts {_usd(levels['put_oi_peak'], 2)}",
        f"  contention {_usd(levels['contention_strike'], 2)}, next call peak {_usd(levels['next_call_peak'], 2)}, "
        f"put floor {_usd(levels['put_floor'], 2)}",
        f"  SMA 30 {_usd(levels['sma_30'], 2)}, SMA 200 {_usd(levels['sma_200'], 2)}; Bollinger "
        f"{_usd(levels['bollinger_lower'], 2)} / {_usd(levels['bollinger_mid'], 2)} / {_usd(levels['bollinger_upper'], 2)}",
        "",
        "Max pain" + {True: ", flat across the next expiries", False: "", None: ""}[report["max_pain_flat"]],
    ]
    for row in report["max_pain"]:
        where = f", spot {row['gap']:+.1%} from it" if row["gap"] is not None else ""
        lines.append(f"  {row['expiration']}  {_usd(row['max_pain'], 2)}{where}")
    return "\n".join(lines)


def _at(moment: datetime | None) -> str:
    return "" if moment is None else f" at {moment.astimezone(ZoneInfo('America/New_York')):%H:%M} New York time"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _rank(value: float | None) -> str:
    return (
        "(too little history for a percentile)"
        if value is None
        else f"(at or above {value:.0%} of its earlier sessions)"
    )


def _change(value: int | None) -> str:
    return "-" if value is None else f"{value:+,}"


def _shares(value: float | None) -> str:
    return "-" if value is None else f"{value / 1e6:+,.1f}M shares"


def _usd(value: float | None, decimals: int | None = None) -> str:
    if value is None:
        return "-"
    if decimals is not None:
        return f"${value:,.{decimals}f}"
    return f"{'-' if value < 0 else ''}${abs(value) / 1e6:,.1f}M"
