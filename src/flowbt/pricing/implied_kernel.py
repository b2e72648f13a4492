"""Compiled solver for implied volatility, as accurate as the price itself.

1. `_examine` splits the price into the value without volatility and the time value, which by put-call parity is the price
   of the out-of-the-money option of the same strike; or it returns why there is no volatility.
2. Everything else depends on two numbers: x = |ln(forward / strike)| and b = time value / sqrt(forward * strike), both
   discounted. With s = v sqrt(T), h = x / s, t = s / 2 and N the normal distribution function

       b(s) = exp(-x/2) N(t - h) - exp(x/2) N(-t - h),    0 < b < exp(-x/2).

3. `_guess` inverts this with Polya's approximation of N, which has a closed solution (Stefanica and Radoicic 2017, "An
   explicit implied volatility formula"). It is within 12% however small the price, as long as s is above 1e-5.
4. `_solve` refines it by Householder's method of the third order: on 1/ln b below the inflection of b(s) at s = sqrt(2x),
   above it on the logarithm of the distance of b from its bound (Jaeckel 2015, "Let's be rational"). On these scales two or
   three steps reach float64 accuracy. The smallest prices and those next to the bound lose no accuracy, because their
   logarithms are computed without cancellation: with E(z) = exp(z^2) erfc(z),

       b             = exp(-(h^2 + t^2) / 2) (E((h - t) / sqrt(2)) - E((h + t) / sqrt(2))) / 2    where h > t,
       exp(-x/2) - b = exp(-(h^2 + t^2) / 2) (E((t - h) / sqrt(2)) + E((h + t) / sqrt(2))) / 2    elsewhere.
"""

from math import exp, inf, isfinite, log, nan, pi, sqrt
from typing import Final

from flowbt.compiled import compiled, elementwise
from flowbt.pricing.status import ABOVE_BOUND, BELOW_INTRINSIC, EXPIRED, MISSING, SOLVED

ERFCX: Final = (
    1.2329951186255526,
    -0.1396211168405623,
    0.015379652102610473,
    0.06809705425466908,
    -0.10103906603586531,
    0.0937328349990944,
    -0.06633036582031154,
    0.03716751552655567,
    -0.016197733981455194,
    0.005031970067657489,
    -0.000757773707063825,
    -0.00019925714661091188,
    0.00015062309720018628,
    -2.4397746422436416e-05,
    -1.1225101875659178e-05,
    5.706604414895734e-06,
    2.9801353803031333e-07,
    -8.210939042560568e-07,
    7.115337800585303e-08,
    1.0633855618594884e-07,
    -1.6371779763566967e-08,
    -1.234686604382353e-08,
    1.5738283774192037e-09,
    9.311744978232572e-10,
)
"""(1 + 2z) E(z) as a polynomial in (z - 4) / (z + 4), from its Chebyshev series (Shepherd and Laframboise 1981, "Chebyshev
approximation of (1 + 2x) exp(x^2) erfc(x) in 0 <= x < inf"); within 6e-16 of the true value for any z >= 0."""

ROUNDING: Final = 4 * 2.0**-52
"""A time value no larger than this fraction of spot and strike is a rounding error of the subtraction."""

SMALLEST: Final = 1e-100
"""Smallest b that is distinguished from zero: its square must not underflow."""

CLOSE: Final = 1e-4
"""A last step no larger than this fraction of s leaves an error, of the fourth order, below that of rounding."""

MOST_STEPS: Final = 60
"""Enough for bisection alone to converge."""

POLYA: Final = 1 - 2 / pi


@compiled
def _examine(
    price: float, spot: float, strike: float, years: float, rate: float, dividend_yield: float, is_call: bool
) -> tuple[int, float, float, float]:
    """Status, time value, and the larger and the smaller of spot and strike, both discounted."""
    received, paid = spot * exp(-dividend_yield * years), strike * exp(-rate * years)
    # any other invalid input makes these invalid
    if not (isfinite(price) and 0 < received < inf and 0 < paid < inf):
        return MISSING, nan, nan, nan
    if years <= 0:
        return EXPIRED, nan, nan, nan
    larger, smaller = max(received, paid), min(received, paid)
    time_value, least = price, SMALLEST * sqrt(larger) * sqrt(smaller)
    if is_call == (received > paid):
        time_value -= larger - smaller
        least = ROUNDING * larger
    if time_value <= least:
        return BELOW_INTRINSIC, nan, nan, nan
    if time_value >= smaller:
        return ABOVE_BOUND, nan, nan, nan
    return SOLVED, time_value, larger, smaller


@compiled
def _erfcx(z: float) -> float:
    """E(z) for z >= 0; even and odd powers are separate, because a processor computes both at once."""
    ratio = (z - 4) / (z + 4)
    square = ratio * ratio
    even, odd = ERFCX[22], ERFCX[23]
    for power in range(20, -1, -2):
        even = even * square + ERFCX[power]
        odd = odd * square + ERFCX[power + 1]
    return (even + ratio * odd) / (1 + 2 * z)


@compiled
def _guess(x: float, b: float, lacking: float) -> float:
    """First approximation of the s of b; `lacking` is exp(-x/2) - b."""
    root, power = exp(x / 2), exp(POLYA * x)
    half_width, width = (root - 1 / root) / 2, power - 1 / power
    linear = 8 * (power + 1 / power) * (b + half_width) ** 2 - 2 * (root * root - 1 / (root * root)) * width
    constant = 16 * b * lacking * (root + b) * (2 * half_width + b)
    ratio = 2 * constant / (linear + sqrt(linear * linear + 4 * width * width * constant))
    level = max(-pi / 2 * log(ratio), x)
    outer, inner = sqrt(level + x), sqrt(level - x)
    at_inflection = (1 / root - root * (1 - sqrt(1 - (power / (root * root)) ** 2))) / 2
    s = 2 * x / (outer + inner) if b < at_inflection else outer + inner
    # at the money b(s) is steepest, at s = 0: its tangent there gives a lower bound of s
    return max(s, sqrt(2 * pi) * b)


@compiled
def _step(x: float, s: float, b: float, lacking: float) -> tuple[float, bool]:
    """Step of Householder's method to add to s, and whether s is below the s of b.

    The derivatives follow from those of b: b' = exp(-(h^2 + t^2) / 2) / sqrt(2 pi), b'' / b' = h^2 / s - t / 2.
    """
    h, t = x / s, s / 2
    is_convex = h > t
    near, far = _erfcx(abs(h - t) / sqrt(2.0)), _erfcx((h + t) / sqrt(2.0))
    scaled = near - far if is_convex else near + far
    logarithm = log(scaled / 2) - (h * h + t * t) / 2
    slope = (1 if is_convex else -1) * sqrt(2 / pi) / scaled
    # second and third derivative of the logarithm, divided by its first
    second = h * h / s - t / 2 - slope
    third = second * second - slope * second - 3 * h * h / (s * s) - 0.25
    if is_convex:
        target = log(b)
        newton = (target - logarithm) * logarithm / (slope * target)
        # the same for its reciprocal
        relative = slope / logarithm
        third += 6 * relative * (relative - second)
        second -= 2 * relative
    else:
        target = log(lacking)
        newton = (target - logarithm) / slope
    step = newton * (1 + second * newton / 2) / (1 + second * newton + third * newton * newton / 6)
    return step, (logarithm < target) == is_convex


@compiled
def _solve(x: float, b: float, lacking: float) -> float:
    """The s of b; steps are kept within the bracket established so far."""
    s = _guess(x, b, lacking)
    low, high = 0.0, inf
    for _ in range(MOST_STEPS):
        step, is_low = _step(x, s, b, lacking)
        if is_low:
            low = s
        else:
            high = s
        before, s = s, s + step
        if not low <= s <= high:
            s = 2 * before if high == inf else (low + high) / 2
        if abs(s - before) <= CLOSE * s:
            break
    return s


@elementwise("float64(float64, float64, float64, float64, float64, float64, boolean)")
def volatility(
    price: float, spot: float, strike: float, years: float, rate: float, dividend_yield: float, is_call: bool
) -> float:
    """Implied volatility; NaN where there is none."""
    code, time_value, larger, smaller = _examine(price, spot, strike, years, rate, dividend_yield, is_call)
    if code != SOLVED:
        return nan
    unit = sqrt(larger) * sqrt(smaller)
    return _solve(log(larger / smaller), time_value / unit, (smaller - time_value) / unit) / sqrt(years)


@elementwise("int8(float64, float64, float64, float64, float64, float64, boolean)")
def status(
    price: float, spot: float, strike: float, years: float, rate: float, dividend_yield: float, is_call: bool
) -> int:
    """Status as the number of an `ImpliedStatus`."""
    return _examine(price, spot, strike, years, rate, dividend_yield, is_call)[0]
