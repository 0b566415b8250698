"""Mentions by sentence: what each sentence is asked about, and in which order."""

from __future__ import annotations

from cdi.domain.reading import Sentence
from cdi.nlp.groups import MentionGroups, group_mentions
from cdi.nlp.scopes import Question, Scope
from cdi.rules.cue_schema import Category

SENTENCES = [Sentence(10, 40, 0), Sentence(40, 60, 1), Sentence(65, 90, 1)]


def test_no_mentions_ask_nothing() -> None:
    assert group_mentions(SENTENCES, [], [], {}, {}) == MentionGroups([], [], [], [])


def test_without_sentences_nothing_is_asked() -> None:
    assert group_mentions([], [(0, 5)], [], {}, {}) == MentionGroups([], [], [], [])


def test_mentions_before_all_sentences_are_left_out() -> None:
    grouped = group_mentions(SENTENCES, [(2, 8), (9, 12), (10, 12)], [], {}, {})
    assert grouped == MentionGroups(
        [2], [(10, 12, False, -1)], [Question(10, 40, 12, 10)], [(0, 1)]
    )


def test_mentions_stand_by_sentence_in_the_order_of_the_text() -> None:
    spans = [(70, 75), (50, 55), (30, 35), (12, 20), (80, 85)]
    grouped = group_mentions(SENTENCES, spans, [], {}, {})
    assert grouped.places == [3, 2, 1, 0, 4]
    assert [spans[place] for place in grouped.places] == [row[:2] for row in grouped.mentions]
    assert grouped.questions == [
        Question(10, 40, first_end=20, last_start=30),
        Question(40, 60, first_end=55, last_start=50),
        Question(65, 90, first_end=75, last_start=80),
    ]
    assert grouped.bounds == [(0, 2), (2, 3), (3, 5)]


def test_a_sentence_without_mentions_is_not_asked_about() -> None:
    grouped = group_mentions(SENTENCES, [(70, 75), (12, 20)], [], {}, {})
    assert [question.start for question in grouped.questions] == [10, 65]
    assert grouped.bounds == [(0, 1), (1, 2)]


def test_a_mention_between_sentences_is_of_the_one_before() -> None:
    grouped = group_mentions(SENTENCES, [(62, 64), (65, 70)], [], {}, {})
    assert grouped.questions == [Question(40, 60, 64, 62), Question(65, 90, 70, 65)]


def test_a_mention_is_of_the_sentence_it_begins_in() -> None:
    grouped = group_mentions(SENTENCES, [(38, 45), (40, 45)], [], {}, {})
    assert grouped.questions == [Question(10, 40, 45, 38), Question(40, 60, 45, 40)]


def test_of_nested_mentions_the_inner_one_may_end_first() -> None:
    spans = [(12, 30), (12, 18), (12, 30), (14, 16)]
    grouped = group_mentions(SENTENCES, spans, [(12, 30)], {}, {})
    assert grouped.places == [1, 0, 2, 3]  # equal ones as they were given
    assert [naming for _, _, naming, _ in grouped.mentions] == [False, True, True, False]
    assert grouped.questions == [Question(10, 40, first_end=16, last_start=14)]


def test_a_mention_that_ends_with_the_words_of_history_tells_where_they_begin() -> None:
    histories = {30: 23, 55: 45}  # "psychiatric history"; but "history" begins before "of CHF"
    spans = [(12, 30), (25, 30), (23, 30), (12, 20), (50, 55)]
    grouped = group_mentions(SENTENCES, spans, [], histories, {})
    assert dict(zip(grouped.places, (row[3] for row in grouped.mentions), strict=True)) == {
        0: 23,
        1: -1,
        2: 23,
        3: -1,
        4: -1,
    }


def test_what_is_carried_into_a_sentence_is_asked_with_it() -> None:
    scope = Scope(Category.NEGATION, 0, 6, 5, True, 0, 6)
    grouped = group_mentions(SENTENCES, [(12, 20), (50, 55)], [], {}, {1: [scope], 2: [scope]})
    assert [question.carried for question in grouped.questions] == [(), [scope]]
