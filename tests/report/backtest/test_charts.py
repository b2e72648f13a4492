import json
from collections.abc import Callable
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert

from flowbt.backtest import AccountDay, Trade
from flowbt.report.backtest import charts
from flowbt.report.kit.axes import MOST_TIPS, Width
from flowbt.report.kit.svg import to_svg
from flowbt.schema import EQUITY, conform

MakeTrades = Callable[[int], pl.DataFrame]
WIDTHS: list[Width] = [350, 1040, "container"]


def days_of(equity: pl.DataFrame) -> tuple[AccountDay, ...]:
    return AccountDay.rows(conform(equity, EQUITY))


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows a chart is drawn from."""
    return [row for rows in spec["datasets"].values() for row in rows]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_chart_is_valid_vega_lite(equity: pl.DataFrame, make_trades: MakeTrades, width: Width) -> None:
    for spec in (
        charts.equity_chart(days_of(equity), width),
        charts.drawdown_chart(days_of(equity), width),
        charts.trades_chart(Trade.rows(make_trades(30)), width),
    ):
        assert spec["width"] == width
        assert spec["config"]["background"] == "transparent"
        alt.LayerChart.from_dict(json.loads(json.dumps(spec)), validate=True)
        assert vl_convert.vegalite_to_svg(spec).startswith("<svg")


def test_dates_are_drawn_on_their_own_day(equity: pl.DataFrame) -> None:
    spec = charts.equity_chart(days_of(equity.head(3)), 1040)
    assert all(layer["encoding"]["x"]["scale"] == {"type": "utc"} for layer in spec["layer"])
    svg = to_svg(spec, "", "x")
    assert "1 Jul" in svg
    assert "30 Jun" not in svg


def test_a_long_history_keeps_every_point_but_thins_the_tooltips() -> None:
    days = pl.date_range(pl.date(2000, 1, 1), pl.date(2019, 12, 31), eager=True)
    line = pl.DataFrame({"date": days, "equity": range(len(days)), "drawdown": 0.0})
    rows = values(charts.equity_chart(days_of(line), 1040))
    assert sum("value" in row for row in rows) == len(days)
    assert sum("tip" in row for row in rows) <= MOST_TIPS


def test_what_is_not_known_is_not_drawn(equity: pl.DataFrame) -> None:
    holes = equity.with_columns(buy_and_hold=pl.lit(float("nan")), equity=pl.lit(None, pl.Float64)).head(5)
    assert not [row for row in values(charts.equity_chart(days_of(holes))) if "value" in row]


def test_svg_carries_tooltips_and_classes_and_no_link_or_style(make_trades: MakeTrades) -> None:
    trades = make_trades(2).with_columns(symbol=pl.lit("<script>alert(1)</script>\x01"))
    svg = to_svg(charts.trades_chart(Trade.rows(trades), 350), 'a "label"', "p")
    assert svg.count("<title>&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert 'aria-label="a &quot;label&quot;"' in svg
    assert 'class="tip f-blue"' in svg
    for banned in ("<script", "style=", "href", "font-family", "\x01"):
        assert banned not in svg


def test_ids_are_the_charts_own_and_every_reference_finds_its_target(equity: pl.DataFrame) -> None:
    spec = charts.drawdown_chart(days_of(equity), 350)
    spec["layer"][0]["mark"]["clip"] = True
    svg = to_svg(spec, "", "first")
    assert 'id="first-1"' in svg
    assert 'clip-path="url(#first-1)"' in svg
    assert svg == to_svg(spec, "", "first")
