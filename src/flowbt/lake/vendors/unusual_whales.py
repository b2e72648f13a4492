"""unusual-whales: the trade tape of Unusual Whales, one row per execution, as CSV or Parquet.

    executed_at,underlying_symbol,option_chain_id,side,strike,option_type,expiry,underlying_price,nbbo_bid,nbbo_ask,
    ewma_nbbo_bid,ewma_nbbo_ask,price,size,premium,volume,open_interest,implied_volatility,delta,theta,gamma,vega,rho,theo,
    sector,exchange,report_flags,canceled,upstream_condition_detail,equity_type

`executed_at` is in UTC (`2026-01-08 14:30:00.00714+00`). `option_chain_id` is the contract's symbol in OSI form and is used if `expiry`,
`strike` or `option_type` is empty. `side` is `ask`, `bid`, `mid` or `no_side`; `canceled` is `t` or `f`. `implied_volatility` is a
fraction, and 0 means "not known" in it, in the ask and in the price of the underlying. Orders have no id, and executions only have one in
tapes with a column `id`. Contracts are assumed to be for 100 shares.
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="unusual-whales",
    table="prints",
    description="The trade tape of Unusual Whales, one row per execution, as CSV or Parquet.",
    layouts=(
        Layout(
            header=frozenset({"executed_at", "underlying_symbol", "option_chain_id", "price", "size", "canceled"}),
            columns={
                "time": "executed_at",
                "symbol": "underlying_symbol",
                "contract": "option_chain_id",
                "expiration": "expiry",
                "strike": "strike",
                "option_type": "option_type",
                "price": "price",
                "size": "size",
                "side": "side",
                "bid": "nbbo_bid",
                "ask": "nbbo_ask",
                "underlying_price": "underlying_price",
                "exchange": "exchange",
                "iv": "implied_volatility",
                "delta": "delta",
                "canceled": "canceled",
                "id": "id",
            },
            optional=frozenset({"id"}),
            zone="UTC",
            missing={"iv": (0,), "ask": (0,), "underlying_price": (0,)},
        ),
    ),
)
