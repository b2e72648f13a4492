"""What a fill costs: slippage in its price, fees on its notional, both in basis points.

A buy at a quoted price P fills at P (1 + slippage), a sale at P (1 − slippage): at entries and at every kind of exit,
stops, targets and expiries included. Fees are a fraction of the notional at the price so filled.
"""

from dataclasses import dataclass
from typing import Final

from flowbt.documents import Result
from flowbt.errors import FlowbtError

BASIS_POINT: Final = 1e-4


@dataclass(frozen=True)
class Costs(Result):
    """Costs of one fill, in basis points (1 bp = 0.01%).

    Attributes:
        fees_bp: commission and fees, of the notional.
        slippage_bp: how much worse than the quoted price every fill is; below 10,000.

    Raises:
        FlowbtError: a cost is negative or not a number, or the slippage would take a sale's whole price.
    """

    fees_bp: float = 0.0
    slippage_bp: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("fees_bp", self.fees_bp), ("slippage_bp", self.slippage_bp)):
            if not 0.0 <= value < 1 / BASIS_POINT:
                raise FlowbtError(f"{name} is {value}: give basis points per fill, from 0 to below 10000")

    @property
    def fees(self) -> float:
        """Fees as a fraction of the notional."""
        return self.fees_bp * BASIS_POINT

    @property
    def slippage(self) -> float:
        """Slippage as a fraction of the price."""
        return self.slippage_bp * BASIS_POINT
