"""Flow reports as files, made from reports by hand and from a lake."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.report.flow.hand_made import HOSTILE, PARAMETERS, make_report
from tests.report.reading import Seen

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.flow.chart_data import ChartData
from flowbt.flow.report import FlowReport, RunAnswer
from flowbt.lake import Lake
from flowbt.report.flow import flow_page
from flowbt.report.kit.html import page_html
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.text import page_text
from flowbt.workflows import flow_report_files as verdict_files
from flowbt.workflows.flow_report import flow_reports
from flowbt.workflows.flow_report_files import FEW, render_report, write_reports

FIRST = date(2026, 1, 5)


def days(number: int, **changes: Any) -> list[FlowReport]:
    """So many days, each with its own spot; nothing is drawn of them."""
    return [
        make_report(charts=ChartData(), date=FIRST + timedelta(days=place), spot=100.0 + place, **changes)
        for place in range(number)
    ]


def hrefs(page: Path) -> dict[str | None, str | None]:
    """Where a page links to, by relation."""
    return {found.get("rel"): found["href"] for tag, found in Seen(page.read_text("utf-8")).elements if tag == "a"}


def test_a_report_in_every_format() -> None:
    report, page = make_report(), flow_page(make_report())
    assert render_report(report, "text") == page_text(page)
    assert render_report(report, "md") == page_markdown(page)
    assert render_report(report, "html") == page_html(page) + "\n"
    assert json.loads(render_report(report, "json"))["date"] == "2026-01-05"
    assert render_report(report, "json").endswith("}\n")


def test_a_format_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'html'"):
        render_report(make_report(), "htm")
    with pytest.raises(UnknownNameError, match="there are text, md, html, json"):
        write_reports(days(1), tmp_path / "out", "pdf")
    assert not (tmp_path / "out").exists()


def test_a_page_a_day_and_an_index(tmp_path: Path) -> None:
    written = write_reports(iter(days(3)), tmp_path / "a" / "b")
    names = ["index.html", *(f"AAA-2026-01-0{day}.html" for day in (5, 6, 7))]
    assert [path.name for path in written] == names
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(names)
    for place, path in enumerate(written[1:]):
        assert f"Spot ${100 + place}.00" in path.read_text("utf-8")


def test_pages_link_to_the_days_before_and_after_by_names_that_exist(tmp_path: Path) -> None:
    _, *pages = write_reports(days(3), tmp_path)
    assert [hrefs(page) for page in pages] == [
        {None: "index.html", "next": "AAA-2026-01-06.html"},
        {None: "index.html", "prev": "AAA-2026-01-05.html", "next": "AAA-2026-01-07.html"},
        {None: "index.html", "prev": "AAA-2026-01-06.html"},
    ]
    for page in pages:
        assert all((page.parent / str(name)).is_file() for name in hrefs(page).values())


def test_a_single_day_links_to_the_index_alone(tmp_path: Path) -> None:
    _, page = write_reports(days(1), tmp_path)
    assert hrefs(page) == {None: "index.html"}


@pytest.mark.parametrize("output", ["html", "text"])
def test_no_days_leave_no_files(output: str, tmp_path: Path) -> None:
    assert write_reports([], tmp_path / "out", output) == []
    assert list((tmp_path / "out").iterdir()) == []


def test_the_index_has_the_newest_day_first(tmp_path: Path) -> None:
    index = write_reports(days(3), tmp_path)[0]
    found = [attributes["href"] for tag, attributes in Seen(index.read_text("utf-8")).elements if tag == "a"]
    assert found == [f"AAA-2026-01-0{day}.html" for day in (7, 6, 5)]
    assert all((tmp_path / str(name)).is_file() for name in found)


@pytest.mark.parametrize(("output", "ending"), [("text", "txt"), ("md", "md"), ("json", "json")])
def test_other_formats_are_a_file_a_day_without_an_index(output: str, ending: str, tmp_path: Path) -> None:
    reports = days(2)
    written = write_reports(iter(reports), tmp_path, output)
    assert [path.name for path in written] == [f"AAA-2026-01-0{day}.{ending}" for day in (5, 6)]
    assert sorted(tmp_path.iterdir()) == written
    assert [path.read_text("utf-8") for path in written] == [render_report(each, output) for each in reports]


def test_what_the_folder_holds_otherwise_stays_and_a_report_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "AAA-2026-01-05.html").write_text("old", "utf-8")
    write_reports(days(1), tmp_path)
    assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"
    assert "Spot $100.00" in (tmp_path / "AAA-2026-01-05.html").read_text("utf-8")


def test_many_pages_drawn_by_workers_are_those_drawn_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # with charts, which are compiled in each process anew
    reports = [make_report(date=FIRST + timedelta(days=place), spot=100.0 + place) for place in range(FEW + 2)]
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    apart = write_reports(iter(reports), tmp_path / "apart")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    here = write_reports(iter(reports), tmp_path / "here")
    assert [path.name for path in apart] == [path.name for path in here]
    assert [path.read_bytes() for path in apart] == [path.read_bytes() for path in here]


def test_a_few_pages_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict_files, "ProcessPoolExecutor", None)
    assert len(write_reports(days(FEW), tmp_path)) == FEW + 1


def test_few_reports_are_held_at_a_time(tmp_path: Path) -> None:
    written: list[int] = []

    def coming() -> Iterator[FlowReport]:
        for report in days(4):
            written.append(len(list(tmp_path.glob("*.txt"))))
            yield report

    write_reports(coming(), tmp_path, "text")
    assert written == [0, 1, 2, 3]


@pytest.mark.parametrize("output", ["html", "text"])
def test_a_folder_that_cannot_be_written(output: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(FlowbtError, match=r"the reports cannot be written to '.*file/deeper': Not a directory"):
        write_reports(days(1), tmp_path / "file" / "deeper", output)
    (tmp_path / "AAA-2026-01-05.html").mkdir()
    (tmp_path / "AAA-2026-01-05.txt").mkdir()
    with pytest.raises(FlowbtError, match="Is a directory"):
        write_reports(days(1), tmp_path, output)


def test_a_page_that_a_worker_cannot_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    (tmp_path / "AAA-2026-01-06.html").mkdir()
    with pytest.raises(FlowbtError, match="Is a directory"):
        write_reports(days(FEW + 1), tmp_path)


class Ends:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


def test_a_worker_that_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    reports = [replace(report, parameters={**PARAMETERS, "ends": Ends()}) for report in days(FEW + 1)]
    with pytest.raises(FlowbtError, match="a process that draws pages ended early"):
        write_reports(reports, tmp_path)


@pytest.mark.parametrize("symbol", ["BRK/B", "BRK.B", "^SPX", "../AAA"])
def test_no_symbol_leads_out_of_the_folder(symbol: str, tmp_path: Path) -> None:
    written = write_reports(days(2, symbol=symbol), tmp_path / "out")
    assert sorted(path.resolve() for path in written) == sorted((tmp_path / "out").resolve().iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    named = str(hrefs(written[2])["prev"])
    assert named.replace("%5E", "^") == written[1].name


def test_a_hostile_name_can_be_written_in_every_format(tmp_path: Path) -> None:
    runs = (RunAnswer(HOSTILE, HOSTILE),)
    for output in verdict_files.SUFFIXES:
        for path in write_reports(days(1, runs=runs), tmp_path, output):
            assert path.read_bytes().decode("utf-8")


def test_a_range_of_a_lake(tmp_path: Path, store: Any, chain: Any, bars: Any) -> None:
    sessions = [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)]
    columns = {"call_volume": 10, "put_volume": 20, "call_last": 2.0, "put_last": 3.0, "call_open_interest": 5}
    held: Lake = store(
        pl.concat(chain({95: columns, 105: columns}, day=day) for day in sessions), bars=bars([100, 101, 102])
    )
    written = write_reports(flow_reports(held, "AAA", sessions[0], sessions[1]), tmp_path)
    assert [path.name for path in written] == ["index.html", "AAA-2026-01-05.html", "AAA-2026-01-06.html"]
    assert "A newer report is available for 7 Jan 2026" in written[2].read_text("utf-8")
