"""The vendor formats, one file each; a new format is a new file here and a line in `FORMATS`."""

from flowbt.errors import UnknownNameError
from flowbt.lake.vendors import (
    actions,
    alpha_vantage,
    barchart,
    barchart_prices,
    calls_puts_csv,
    calls_puts_json,
    canonical,
    cboe_daily_csv,
    cboe_datashop,
    cboe_delayed_json,
    cboe_quotedata,
    delta_neutral,
    dolthub,
    dubach,
    historicaloptiondata,
    investing,
    ivolatility,
    lean,
    massive,
    massive_prices,
    massive_snapshot,
    nasdaq,
    nse,
    ohlcv,
    optionmetrics,
    optionsdx,
    orats,
    prints,
    riskalert_json,
    schwab,
    schwab_prices,
    stooq,
    thetadata,
    tradier,
    unusual_whales,
    yfinance,
    yfinance_prices,
)
from flowbt.lake.vendors.date_formats import check_date_format
from flowbt.lake.vendors.layout import REPAIRS, Layout
from flowbt.lake.vendors.vendor_format import TAKES, ReadOptions, VendorFormat

__all__ = [
    "FORMATS",
    "REPAIRS",
    "TAKES",
    "Layout",
    "ReadOptions",
    "VendorFormat",
    "check_date_format",
    "format_named",
]

FORMATS: dict[str, VendorFormat] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        riskalert_json,
        cboe_daily_csv,
        cboe_quotedata,
        cboe_datashop,
        cboe_delayed_json,
        historicaloptiondata,
        delta_neutral,
        orats,
        optionsdx,
        optionmetrics,
        massive,
        thetadata,
        ivolatility,
        yfinance,
        alpha_vantage,
        dubach,
        tradier,
        lean,
        nse,
        dolthub,
        massive_snapshot,
        schwab,
        calls_puts_json,
        calls_puts_csv,
        barchart,
        unusual_whales,
        prints,
        canonical,
        ohlcv,
        yfinance_prices,
        stooq,
        nasdaq,
        investing,
        barchart_prices,
        massive_prices,
        schwab_prices,
        actions,
    )
}


def format_named(name: str) -> VendorFormat:
    """The format with this name.

    Raises:
        UnknownNameError: there is no such format.
    """
    if name not in FORMATS:
        raise UnknownNameError("format", name, FORMATS, hint="`flowbt ingest --list` shows them all")
    return FORMATS[name]
