"""The planted edge: which sessions are followed by a drift, and what drift exactly.

Sentiment is standard normal in the long run. A session is *extreme* where it lies in the outer 20% on either side,
`EXTREME` being that quantile of the normal: no future and no sample enters.

After an extreme session t, each of the sessions t+1 ... t+H (`edge_horizon`) gains `edge_bp / H` of log return between
its open and its close, upward after bullish flow and downward after bearish flow. The gaps overnight gain nothing. So
the whole of `edge_bp` lies in open(t+1) -> open(t+1+H), and as much in open(t+1) -> close(t+H) and in
close(t) -> close(t+H): what is measured does not depend on which of these conventions measures it, and somebody who
enters at the next open misses none of it. The spread between bullish and bearish days is twice `edge_bp`.

Drifts do not stack. Each session obeys one extreme session only, the latest of the H before it; a session never gains
more than `edge_bp / H`. An extreme day followed by another on the same side keeps its full edge (the second carries on
where the first leaves off); one followed within H-1 sessions by the opposite extreme loses the rest of its own to it.
"""

import numpy as np
import numpy.typing as npt

EXTREME = 0.8416212335729143
"""The 80% quantile of the standard normal."""


def extreme_side(sentiment: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """For each session +1 where sentiment is extremely bullish, -1 where extremely bearish, else 0."""
    return (sentiment > EXTREME).astype(np.int64) - (sentiment < -EXTREME).astype(np.int64)


def planted_drift(sentiment: npt.NDArray[np.float64], edge_bp: float, horizon: int) -> npt.NDArray[np.float64]:
    """The log return each session gains between its open and its close, by the rule above."""
    side = extreme_side(sentiment)
    sessions = np.arange(side.size)
    # The latest extreme session up to each session, then shifted by one: a session never acts on itself.
    latest = np.maximum.accumulate(np.where(side != 0, sessions, -1))
    obeyed = np.concatenate(([-1], latest[:-1]))
    within = (obeyed >= 0) & (sessions - obeyed <= horizon)
    return np.where(within, side[obeyed], 0) * (edge_bp / 1e4 / horizon)
