"""Is an effect everywhere, or is it one year, one regime or one symbol?"""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.effects import signed_effect
from flowbt.evaluation.inference import Bools, Floats
from flowbt.evaluation.panel import Panel
from flowbt.evaluation.trailing import ewma_volatility

REGIMES: Final = ("calm", "usual", "wild")
Split = Literal["year", "volatility", "without"]


@dataclass(frozen=True)
class StabilityPart(Result):
    """The effect in one part of the verdicts.

    Attributes:
        by: how the verdicts were split: by `year`, by `volatility` regime, or `without` one symbol.
        group: the year, the regime (calm, usual, wild), or the symbol left out.
        n: directional verdicts in the part whose outcome is known.
        signed_excess: mean excess return in the verdict's direction, as a fraction; None where it cannot be tested.
        ci: its 95% interval; None likewise.
    """

    by: Split
    group: str
    n: int
    signed_excess: float | None
    ci: tuple[float, float] | None


def stability(panel: Panel, horizon: int) -> tuple[StabilityPart, ...]:
    """The effect by year, by the volatility known at the verdict (thirds of the sample), and without each symbol.

    A split into a single group is left out: it is the whole.
    """
    years = np.array([day.year for day in panel.dates])
    groups: list[tuple[Split, str, Panel]] = []
    if len(set(years.tolist())) > 1:
        groups += [("year", str(year), _only(panel, (years == year)[:, None])) for year in sorted(set(years.tolist()))]
    groups += [("volatility", name, _only(panel, days)) for name, days in _regimes(panel)]
    if len(panel.symbols) > 1:
        groups += [("without", symbol, _without(panel, column)) for column, symbol in enumerate(panel.symbols)]
    return tuple(_part(by, group, part, horizon) for by, group, part in groups)


def _part(by: Split, group: str, panel: Panel, horizon: int) -> StabilityPart:
    known = np.isfinite(panel.following(horizon))
    estimate = signed_effect(panel, 0, horizon)
    return StabilityPart(
        by=by,
        group=group,
        n=int((np.abs(panel.verdict) == 1)[known].sum()),
        signed_excess=estimate.value if estimate else None,
        ci=estimate.interval if estimate else None,
    )


def _regimes(panel: Panel) -> list[tuple[str, Bools]]:
    volatility = np.where(np.isfinite(panel.verdict), ewma_volatility(panel), np.nan)
    if not np.isfinite(volatility).any():
        return []
    # thirds of each symbol's own days: a bond fund's wild day is a small cap's calm one
    with np.errstate(all="ignore"):
        low, high = (np.array([_quantile(column, share) for column in volatility.T]) for share in (1 / 3, 2 / 3))
    return list(
        zip(REGIMES, (volatility <= low, (volatility > low) & (volatility <= high), volatility > high), strict=True)
    )


def _quantile(values: Floats, share: float) -> float:
    known = values[np.isfinite(values)]
    return float(np.quantile(known, share)) if len(known) else np.nan


def _only(panel: Panel, days: Bools) -> Panel:
    return replace(panel, verdict=np.where(days, panel.verdict, np.nan))


def _without(panel: Panel, column: int) -> Panel:
    kept = [place for place in range(len(panel.symbols)) if place != column]
    return replace(
        panel,
        symbols=tuple(panel.symbols[place] for place in kept),
        verdict=panel.verdict[:, kept],
        score=panel.score[:, kept],
        outcomes=panel.outcomes.of(kept),
    )
