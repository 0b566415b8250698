"""Copy-forward: what a note repeats of an earlier one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.encounter import Note, Role
from cdi.domain.reading import Assertion, Attachment, Certainty, Mention, Reading
from cdi.review.copies import CopyFinder, dropped, fresh


def copied(*texts: str) -> list[str]:
    """Return the words of the last text that an earlier one holds."""
    finder = CopyFinder()
    spans = [finder.take(Note(f"n{number}", text)) for number, text in enumerate(texts)]
    return [texts[-1][span.start : span.end] for span in spans[-1]]


def mention(text: str, words: str, name: str = "documented") -> Mention:
    start = text.index(words)
    return Mention(
        "pneumonia", name, "", start, start + len(words), Assertion.PRESENT, Certainty.STATED,
        False, "assessment", 0, start, start,
    )  # fmt: skip


def test_a_repeated_line_is_a_copy_whatever_its_number_in_the_list() -> None:
    first = "A/P\n1. Pneumonia - ceftriaxone day two.\n2. Gout - colchicine."
    later = "A/P\n1. Back pain.\n2. Pneumonia - ceftriaxone day two.\n3. Gout - allopurinol."
    assert copied(first, later) == ["Pneumonia - ceftriaxone day two"]


def test_a_changed_number_splits_a_copied_sentence() -> None:
    first = "The tube was seen in place and drained 300 mL of clear fluid since the last visit."
    assert copied(first, first.replace("300", "40")) == [
        "The tube was seen in place and drained",
        "mL of clear fluid since the last visit",
    ]


def test_the_first_note_copies_nothing_and_other_words_are_no_copy() -> None:
    assert copied("Pneumonia treated with ceftriaxone for five days.") == []
    assert copied("Pneumonia treated with ceftriaxone.", "Gout treated with colchicine.") == []


def test_one_or_two_words_are_nobodys_copy() -> None:
    assert copied("Gout flare", "Gout flare") == []


def test_a_note_does_not_copy_itself() -> None:
    assert copied("Pneumonia - ceftriaxone day two.\nPneumonia - ceftriaxone day two.") == []


def test_copied_mentions_and_their_attachments_are_left_out() -> None:
    text = "1. Lobar pneumonia - ceftriaxone.\n2. Viral pneumonia since today."
    reading = Reading(
        "n2",
        mentions=(
            mention(text, "Lobar", "organism"),
            mention(text, "pneumonia"),
            mention(text, "Viral", "organism"),
            mention(text, "Viral pneumonia"),
        ),
        attachments=(Attachment(1, 0), Attachment(3, 2)),
    )
    finder = CopyFinder()
    finder.take(Note("n1", "1. Lobar pneumonia - ceftriaxone."))
    kept = fresh(Note("n2", text), reading, finder.take(Note("n2", text)))
    assert [text[m.start : m.end] for m in kept.mentions] == ["Viral", "Viral pneumonia"]
    assert kept.attachments == (Attachment(1, 0),)
    assert [text[m.start : m.end] for m in dropped(reading, kept)] == ["Lobar", "pneumonia"]


def test_a_report_copied_into_a_providers_note_stays_a_report() -> None:
    text = "CXR: right lower lobe pneumonia with small effusion."
    finder = CopyFinder()
    finder.take(
        Note("film", "Right lower lobe pneumonia with small effusion.", role=Role.RADIOLOGY)
    )
    note = Note("progress", text)
    kept = fresh(
        note, Reading("progress", mentions=(mention(text, "pneumonia"),)), finder.take(note)
    )
    assert [m.reported for m in kept.mentions] == [True]


def test_what_a_provider_takes_over_from_a_dietitian_he_says_himself() -> None:
    text = "Severe malnutrition with muscle wasting, pneumonia."
    finder = CopyFinder()
    finder.take(Note("rd", text, role=Role.DIETITIAN))
    note = Note("progress", text)
    reading = Reading("progress", mentions=(mention(text, "pneumonia"),))
    assert fresh(note, reading, finder.take(note)) == reading


@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_spans_are_ordered_and_inside_the_text(texts: list[str]) -> None:
    finder = CopyFinder()
    for number, text in enumerate(texts):
        begun = 0
        for span in finder.take(Note(str(number), text)):
            assert 0 <= span.start < span.end <= len(text)
            assert span.start >= begun
            begun = span.start
