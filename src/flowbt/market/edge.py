"""The planted edge: which sessions are followed by a drift, and the size of that drift.

Sentiment is standard normal in the long run. A session is *extreme* if it is in the outer 20% on either side; `EXTREME`
is that quantile of the normal distribution, so neither the future nor the sample is used.

After an extreme session t, each of the sessions t+1 ... t+H (`edge_horizon`) gains `edge_bp / H` of log return between
its open and its close, upward after bullish flow and downward after bearish flow. The overnight gaps gain nothing. All
of `edge_bp` is therefore earned in open(t+1) -> open(t+1+H), and equally in open(t+1) -> close(t+H) and in close(t) ->
close(t+H): the measurement does not depend on the convention, and an entry at the next open misses nothing. The spread
between bullish and bearish days is twice `edge_bp`.

Drifts do not add up. Each session follows only one extreme session, the latest of the H before it, so no session gains
more than `edge_bp / H`. An extreme day followed by another on the same side keeps its full edge (the second continues
it); one followed within H-1 sessions by the opposite extreme loses the rest of its edge.
"""

import numpy as np
import numpy.typing as npt

EXTREME = 0.8416212335729143
"""The 80% quantile of the standard normal distribution."""


def extreme_side(sentiment: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """For each session +1 where sentiment is extremely bullish, -1 where extremely bearish, else 0."""
    return (sentiment > EXTREME).astype(np.int64) - (sentiment < -EXTREME).astype(np.int64)


def planted_drift(sentiment: npt.NDArray[np.float64], edge_bp: float, horizon: int) -> npt.NDArray[np.float64]:
    """Log return that each session gains between its open and its close, by the rule above.

    Args:
        sentiment: by session.
        edge_bp: total drift after an extreme session, in basis points.
        horizon: sessions over which it is spread.
    """
    side = extreme_side(sentiment)
    sessions = np.arange(side.size)
    # the latest extreme session up to each session, shifted by one: a session never affects itself
    latest = np.maximum.accumulate(np.where(side != 0, sessions, -1))
    followed = np.concatenate(([-1], latest[:-1]))
    within = (followed >= 0) & (sessions - followed <= horizon)
    return np.where(within, side[followed], 0) * (edge_bp / 1e4 / horizon)
