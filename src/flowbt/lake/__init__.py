"""The lake: vendor files in, strike rows and price bars out."""

from flowbt.lake.chains import Chains
from flowbt.lake.store import Lake

__all__ = ["Chains", "Lake"]
