"""The metrics that a flow report reads, by where it shows them."""

from typing import Final

FLOW: Final = (
    "net_premium", "gross_premium", "net_premium_ratio", "net_premium_otm", "call_volume", "put_volume",
    "put_call_volume_ratio", "flow_to_stock_ratio", "is_dividend_play", "dividend_play_premium",
)  # fmt: skip
TAPE: Final = (
    "net_premium_signed", "signed_premium_coverage", "blocks", "net_block_premium", "sweeps", "net_sweep_premium",
)  # fmt: skip
HELD: Final = (
    "call_open_interest", "put_open_interest", "put_call_oi_ratio", "call_oi_change", "put_oi_change", "gex",
    "gex_coverage", "dex_net", "dex_gross",
)  # fmt: skip
HEDGING: Final = (
    "protective_puts_added", "collared_puts_added", "collar_share", "hedging_reading", "hedging_confidence",
)  # fmt: skip
FLOORS: Final = tuple(f"put_floor(rank={rank})" for rank in (1, 2, 3))
LEVELS: Final = (
    "call_wall", "put_wall", "zero_gamma", "absolute_gamma_strike", "call_oi_peak", "put_oi_peak", "contention_strike",
    "next_call_peak", "put_floor", "pivot", "support_1", "resistance_1", "low_30", "high_30", "sma_30", "sma_200",
    "bollinger_lower", "bollinger_mid", "bollinger_upper",
)  # fmt: skip
CLUSTERS: Final = tuple(
    f"{side}_oi_{name}"
    for side in ("call", "put")
    for name in (
        *(f"cluster{part}(rank={rank})" for rank in (1, 2, 3) for part in ("", "_size")),
        "cluster_share",
        "concentration",
        "band_low",
        "band_high",
    )
)
NEAREST_CLUSTERS: Final = tuple(
    f"call_oi_cluster{part}(rank={rank})[expiry=nearest]" for rank in (1, 2, 3) for part in ("", "_size")
)
FRIDAY: Final = "[expiry=this_friday,otm]"
FRIDAYS: Final = tuple(f"{name}{FRIDAY}" for name in ("contention_strike", "next_call_peak", *FLOORS))
PIVOT_KINDS: Final = ("classic", "fibonacci")
PIVOTS: Final = tuple(
    f"{level}(kind={kind}, session={session})"
    for kind in PIVOT_KINDS
    for session in ("this", "next")
    for level in ("support_1", "pivot", "resistance_1")
)
DISCOUNTED: Final = (
    "dividend_play_calls", "net_premium(dividend_plays=include)", "oi_breaches",
    "call_volume[expiry=today]", "put_volume[expiry=today]", "gross_premium[expiry=today]", "gross_premium[delta>=0.9]",
)  # fmt: skip
OTHERS: Final = (
    "spot",
    "spot_source",
    "nearest_expiration",
    "max_pain",
    "max_pain_gap",
    "max_pain_flat",
    "zero_gamma_status",
    "gex_profile",
    "iv_30d",
    "expected_move",
)

OF_HISTORY: Final = tuple(
    dict.fromkeys(
        (
            *OTHERS,
            *FLOW,
            *TAPE,
            *HELD,
            *HEDGING,
            *FLOORS,
            *LEVELS,
            *CLUSTERS,
            *NEAREST_CLUSTERS,
            *FRIDAYS,
            *PIVOTS,
            *DISCOUNTED,
        )
    )
)
OF_EXPIRIES: Final = (
    "max_pain",
    "max_pain_low",
    "max_pain_high",
    "max_pain_gap",
    "expected_move",
)
OF_STRIKES: Final = (
    "call_oi_at_strike", "put_oi_at_strike",
    f"call_oi_at_strike{FRIDAY}", f"put_oi_at_strike{FRIDAY}",
)  # fmt: skip
OF_CONTRACTS: Final = (
    "premium", "contract_oi_change", "opened_at_least", "large_contract_day", "unusual", "is_noise",
    "dividend_play", "unit_delta", "volatility", "impossible_price",
)  # fmt: skip
STORED: Final = ("bid", "ask", "last", "volume", "open_interest")
