"""The shipped signals, one file each; a user's own signals need no entry here."""

from flowbt.errors import UnknownNameError
from flowbt.signals.base import Signal, zscore
from flowbt.signals.call_breakout import CallBreakout
from flowbt.signals.flow_verdict import FlowVerdict
from flowbt.signals.max_pain_gravity import MaxPainGravity

__all__ = ["SIGNALS", "CallBreakout", "FlowVerdict", "MaxPainGravity", "Signal", "signal_named", "zscore"]

SIGNALS: dict[str, type[Signal]] = {signal.name(): signal for signal in (FlowVerdict, MaxPainGravity, CallBreakout)}


def signal_named(name: str) -> type[Signal]:
    """The shipped signal of this name."""
    if name not in SIGNALS:
        raise UnknownNameError("signal", name, SIGNALS, hint=f"there are {', '.join(SIGNALS)}")
    return SIGNALS[name]
