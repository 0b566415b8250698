"""The offline page: evidence highlighted in place, everything escaped."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.domain.encounter import Encounter, Note
from cdi.report.page import render_page
from cdi.workflow.scan import scan


def test_evidence_is_marked_and_linked() -> None:
    html = render_page([scan(Note("n", "Assessment: CHF. BNP 900."))])
    assert re.search(r'<mark class="trigger" title="heart failure: documented, trigger">CHF<', html)
    links = re.findall(r'href="#(e1f1v\d+)"', html)
    assert links
    for link in links:
        assert f'id="{link}"' in html


def test_a_note_is_shown_whole_and_harmless() -> None:
    html = render_page([scan(Note("n", "<script>alert(1)</script> CHF & co"))])
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; " in html


def test_nothing_to_ask_is_said() -> None:
    assert "Nothing to ask." in render_page([scan("Doing well.")])
    assert "Nothing was read." in render_page([])


def test_the_page_asks_nothing_of_a_network() -> None:
    html = render_page([scan("CHF")])
    assert not re.search(r"(?:src|href)=\"(?!#)", html)


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_the_text_of_a_note_survives(text: str) -> None:
    from html import unescape

    html = render_page([scan(Encounter("e", notes=(Note("n", text + " CHF"),)))])
    (body,) = re.findall(r"<pre>(.*?)</pre>", html, re.DOTALL)
    shown = unescape(re.sub(r"<[^>]*>", "", body))
    assert shown == text + " CHF"
