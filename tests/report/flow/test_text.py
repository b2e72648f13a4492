import json

import pytest
from tests.report.flow.document import HOSTILE, Document, hostile_document, make_document, unknown_document
from tests.report.flow.reading import on_one_line

from flowbt.report.flow import flow_text
from flowbt.report.kit.text import WIDTH, printable
from flowbt.workflows.flow_report_files import render_report


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown", "hostile"])
def test_nothing_is_wider_than_the_terminal(kind: str, april: Document) -> None:
    documents = {"made by hand": make_document(follow=True), "full": april, "unknown": unknown_document()}
    lines = flow_text(documents.get(kind) or hostile_document()).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert all(line == line.rstrip() for line in lines)


def test_nothing_is_cut_off(april: Document) -> None:
    assert "…" not in flow_text(april) + flow_text(make_document(follow=True))


def test_names_and_what_is_said_of_them_stand_apart() -> None:
    text = flow_text(make_document())
    assert "\nSigned by tape    -$4.0M (80% of the tape's premium has a side)\n" in text
    assert flow_text(make_document(conventions={"x" * 40: "said"})).endswith(f"X{'x' * 39}  said\n")


def test_tables_bear_their_titles_where_there_are_several() -> None:
    text = flow_text(make_document())
    assert "\nBlocks\nContract" in text
    assert "\nContracts\nContract" in text
    assert "\nContracts\n" not in flow_text(make_document(prints=[]))


def test_no_name_steers_the_terminal() -> None:
    document = hostile_document()
    for output in ("text", "md", "json"):
        shown = render_report(document, output)
        assert all(letter.isprintable() or letter == "\n" for letter in shown)
    text = on_one_line(flow_text(document))
    assert text.count(printable(HOSTILE)) == 6


def test_json_gives_every_name_back_as_it_was() -> None:
    found = json.loads(render_report(hostile_document(), "json"))
    assert found["runs"] == [{"run": HOSTILE, "answer": HOSTILE}]
    assert found["levels"]["labelled"][1]["level"] == HOSTILE
    assert found["cited"][-1]["contract"] == HOSTILE
