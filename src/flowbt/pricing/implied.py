"""Implied volatility of a price, and why a price has none."""

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
    """The volatility at which a European option is worth `price`, per year as a fraction.

    Arrays that broadcast in, float64 of the common shape out; of numbers alone a number. `price`, `spot` and `strike` in
    USD per share, `years` to expiry, `rate` and `dividend_yield` per year, continuously compounded, `is_call` boolean. NaN
    where there is none; `implied_status` says why. The price it stands for is within 1e-14 of the forward of the one given.

    The options of an ETF are American. With the spot at 290, a rate of 4%, a yield of 1.2% and volatilities of 15% to 35%,
    calls come out right and puts too high, by at most so many points of volatility (strikes from 0.8 to 1.2 of the spot
    where a point is worth half a cent or more; against binomial trees of 1001 steps):

        strike / spot     7 days   30 days   90 days   365 days
        0.95 and less       0.01      0.06      0.17       0.62
        1.00                0.06      0.14      0.29       0.80
        1.05                5.8       1.3       1.0        1.4
        1.10 and more       3.3      14.5      14.4        7.5

    At the money the put's delta is then off by 0.002, 0.006, 0.013 and 0.033, and its gamma by 1%, 3%, 7% and 17%. A dividend
    of 0.90 within the time, which a yield of 1.2% only counts in part, takes at-the-money calls and puts up to 2.8 points
    off at 7 days, 1.1 at 30 and 0.8 at 90. With the yield that put-call parity implies, what remains of that is the calls
    that are exercised for a dividend shortly before expiry: up to 2.7, 1.4 and 0.8 points.
    """
    found: npt.NDArray[np.float64] = implied_kernel.volatility(
        price, spot, strike, years, rate, dividend_yield, is_call
    )
    return found


def implied_status(
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    is_call: npt.ArrayLike,
) -> npt.NDArray[np.int8]:
    """The `ImpliedStatus` of each option: `SOLVED` exactly where `implied_volatility` is not NaN, else why it is.

    Takes what `implied_volatility` takes; int8 out, to be counted or compared with the members of `ImpliedStatus`.
    """
    found: npt.NDArray[np.int8] = implied_kernel.status(price, spot, strike, years, rate, dividend_yield, is_call)
    return found
