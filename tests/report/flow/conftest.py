"""The report of a full chain; `document.py` has one made by hand."""

import pytest
from tests.report.flow.document import Document
from tests.seeds.april import DAY
from tests.seeds.conftest import april_lake

from flowbt.lake import Lake
from flowbt.workflows.flow_report import flow_report

__all__ = ["april_lake"]


@pytest.fixture(scope="session")
def april(april_lake: Lake) -> Document:
    """The report on IWM of 2026-04-08, with a contract that is cited and a level that is given."""
    return flow_report(april_lake, "IWM", DAY, contracts=["IWM250101C00250000"], levels={"my level": 255.0})
