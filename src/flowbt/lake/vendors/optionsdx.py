"""optionsdx: the files of OptionsDX, calls and puts side by side.

    [QUOTE_UNIXTIME], [QUOTE_READTIME], [QUOTE_DATE], [QUOTE_TIME_HOURS], [UNDERLYING_LAST], [EXPIRE_DATE], [EXPIRE_UNIX],
    [DTE], [C_DELTA], [C_GAMMA], [C_VEGA], [C_THETA], [C_RHO], [C_IV], [C_VOLUME], [C_LAST], [C_SIZE], [C_BID], [C_ASK],
    [STRIKE], [P_BID], [P_ASK], [P_SIZE], [P_LAST], [P_DELTA], [P_GAMMA], [P_VEGA], [P_THETA], [P_RHO], [P_IV], [P_VOLUME],
    [STRIKE_DISTANCE], [STRIKE_DISTANCE_PCT]

There is no open interest; a column for it, which some converters add and fill with 0, is not read. The symbol is in the file's name
(`spy_eod_202301.txt`) or given with --symbol. `[QUOTE_READTIME]` is the quote time in New York. A blank means "not known", and so does 0
in a last price, an ask or a volatility; the greeks are unknown without a volatility. The volatility is a fraction. By their size in
published files, theta is per calendar day and vega per volatility point.
"""

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat
from flowbt.schema import SIDES

GREEKS = ("delta", "gamma", "theta", "vega")
FIELDS = ("bid", "ask", "last", "volume", "iv", *GREEKS)

FORMAT = VendorFormat(
    name="optionsdx",
    description="Files of OptionsDX, calls and puts side by side, with IV and greeks but no open interest.",
    open_interest="none",
    layouts=(
        Layout(
            header=frozenset(
                {"quote_readtime", "quote_date", "underlying_last", "expire_date", "strike"}
                | {f"{side[0]}_{field}" for side in SIDES for field in FIELDS}
            ),
            columns={
                **{f"{side}_{field}": f"{side[0]}_{field}" for side in SIDES for field in FIELDS},
                "date": "quote_date",
                "quote_time": "quote_readtime",
                "underlying_price": "underlying_last",
                "expiration": "expire_date",
                "strike": "strike",
            },
            path=r"/(?P<symbol>[a-z.]+)_(?:eod|\d+x\d+|\d+min|intraday|quotes)[^/]*$",
            missing={"last": (0,), "ask": (0,), "iv": (0,), "underlying_price": (0,)},
            values=where_iv_is_known(*GREEKS),
        ),
    ),
)
