"""The report of a full chain; `hand_made.py` has one made by hand for the rare cases."""

import pytest
from tests.seeds.april import DAY
from tests.seeds.conftest import april_lake

from flowbt.flow.report import FlowReport
from flowbt.lake import Lake
from flowbt.workflows.flow_report import flow_report

__all__ = ["april_lake"]


@pytest.fixture(scope="session")
def april(april_lake: Lake) -> FlowReport:
    """The report on IWM of 2026-04-08, with a cited contract and a level of the user."""
    return flow_report(april_lake, "IWM", DAY, contracts=["IWM250101C00250000"], levels={"my level": 255.0})
