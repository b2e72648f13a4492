"""Implied volatility of a price, and the reason if a price has none."""

import numpy as np
import numpy.typing as npt

from flowbt.pricing import implied_kernel


def implied_volatility(
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    is_call: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Implied volatility: the volatility at which a European option is worth `price`, per year as a fraction.

    All arguments broadcast. `price`, `spot` and `strike` in USD per share, `years` to expiry, `rate` and `dividend_yield` per
    year, continuously compounded, `is_call` boolean. The result is float64 of the common shape, or a number if all arguments
    are numbers; NaN where there is no volatility (`implied_status` gives the reason). Repricing with it differs from `price`
    by at most 1e-14 of the forward.

    The options of an ETF are American. With the spot at 290, a rate of 4%, a yield of 1.2% and volatilities of 15% to 35%,
    calls are accurate and puts too high, by at most this many volatility points (strikes from 0.8 to 1.2 of the spot where a
    point is worth half a cent or more; compared with binomial trees of 1001 steps):

        strike / spot     7 days   30 days   90 days   365 days
        0.95 and less       0.01      0.06      0.17       0.62
        1.00                0.06      0.14      0.29       0.80
        1.05                5.8       1.3       1.0        1.4
        1.10 and more       3.3      14.5      14.4        7.5

    At the money the put's delta is then off by 0.002, 0.006, 0.013 and 0.033, and its gamma by 1%, 3%, 7% and 17%. A dividend
    of 0.90 before expiry, which a yield of 1.2% covers only in part, causes errors of at-the-money calls and puts of up to 2.8
    points at 7 days, 1.1 at 30 and 0.8 at 90. With the yield implied by put-call parity, only calls exercised for a dividend
    shortly before expiry remain affected: by up to 2.7, 1.4 and 0.8 points.
    """
    volatilities: npt.NDArray[np.float64] = implied_kernel.volatility(
        price, spot, strike, years, rate, dividend_yield, is_call
    )
    return volatilities


def implied_status(
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    is_call: npt.ArrayLike,
) -> npt.NDArray[np.int8]:
    """Status of each implied volatility (`ImpliedStatus`): `SOLVED` exactly where `implied_volatility` is not NaN, else the reason.

    Arguments as in `implied_volatility`. The result is int8, to be counted or compared with the members of
    `ImpliedStatus`.
    """
    statuses: npt.NDArray[np.int8] = implied_kernel.status(price, spot, strike, years, rate, dividend_yield, is_call)
    return statuses
