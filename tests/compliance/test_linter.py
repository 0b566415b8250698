from __future__ import annotations

from dataclasses import replace

import pytest
from factories import (
    evidence,
    make_catalogue,
    make_encounter,
    make_finding,
    make_letter,
    make_pack,
    span,
)

from cdi.compliance import check
from cdi.compliance.markup import read_page
from cdi.domain.letter import Letter, Level
from cdi.letters import compose

PACK = make_pack()


def found(letter: Letter) -> list[tuple[str, str, str]]:
    return [(v.rule, v.where, v.text) for v in check(letter, make_encounter(), PACK)]


def test_violations_come_in_order_of_rule_and_carry_reason_and_level() -> None:
    letter = replace(make_letter(), subject="Clarification: DRG, would you agree")
    violations = check(letter, make_encounter(), PACK)
    assert [(v.rule, v.text, v.level) for v in violations] == [
        ("Q06", "would you agree", Level.BLOCK),
        ("Q09", "DRG", Level.BLOCK),
    ]
    assert violations[1].why.startswith("'DRG' speaks of payment or coding. A question")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("Affects reimbursement.", ("Q09", "reimbursement")),
        ("Assign N17.9.", ("Q39", "N17.9")),
        ("The course is alarming.", ("Q04", "alarming")),
        ("You must document a diagnosis.", ("Q06", "You must document")),
    ],
)
def test_words_hidden_anywhere_in_the_rendered_letter_are_found(
    damage: str, expected: tuple[str, str]
) -> None:
    letter = make_letter()
    rule, text = expected
    in_text = replace(letter, text=letter.text + damage)
    assert found(in_text) == [(rule, "text", text)]
    in_comment = replace(letter, html=letter.html.replace("<main>", f"<main><!-- {damage} -->"))
    assert found(in_comment) == [(rule, "html", text)]
    in_tooltip = replace(letter, html=letter.html.replace("<h1>", f'<h1 title="{damage}">'))
    assert found(in_tooltip) == [(rule, "html", text)]


def test_the_same_words_in_text_and_html_are_reported_once() -> None:
    letter = make_letter()
    both = replace(
        letter,
        text=letter.text + "\nreimbursement",
        html=letter.html.replace("</main>", "<p>reimbursement</p></main>"),
    )
    assert found(both) == [("Q09", "text", "reimbursement")]


def test_a_code_in_an_option_is_found_where_it_stands() -> None:
    letter, wording = make_letter(), "Acute kidney injury (N17.9)"
    question = letter.questions[0]
    option = replace(question.options[0], text=wording)
    damaged = replace(
        letter,
        questions=(replace(question, options=(option, *question.options[1:])),),
        text=letter.text.replace("Acute kidney injury", wording),
        html=letter.html.replace("Acute kidney injury", wording),
    )
    assert found(damaged) == [("Q39", "questions[0].options[0]", "N17.9")]


def test_the_words_of_the_record_are_not_the_writers() -> None:
    note = make_encounter().notes[0]
    start = note.text.index("Renal insufficiency")
    words = "Clearly consistent with nothing, code M54.5, on day two"
    text = note.text[:start] + words + note.text[start + len("Renal insufficiency on day two") :]
    encounter = make_encounter(notes=(replace(note, text=text),))
    finding = make_finding(evidence=(evidence(span(encounter, "nothing"), "vague"),))
    letter = compose([finding], encounter, make_catalogue())
    assert words in letter.text
    assert check(letter, encounter, PACK) == ()


def test_styles_are_not_read_and_attributes_that_name_things_are_not_seen() -> None:
    html = '<style>.drg{}</style><p class="drg" id="drg">Seen <b>here</b></p><i title="tip">x</i>'
    assert read_page(html).text.split() == ["Seen", "here", "tip", "x"]


def test_a_stray_end_of_style_hides_nothing() -> None:
    assert read_page("</style></script><p>DRG</p>").text == "DRG"


def test_a_chosen_input_is_noticed() -> None:
    assert read_page('<input type="radio" checked>').preselected
    assert read_page("<select><option selected>a</option></select>").preselected
    assert not read_page('<input type="radio"><label>checked</label>').preselected
