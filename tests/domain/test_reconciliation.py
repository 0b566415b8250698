"""What was clarified against what was coded."""

from __future__ import annotations

from cdi.domain.coding import Clarification, Comparison, Difference, FinalCode
from cdi.domain.query import Outcome, PresentOnAdmission
from cdi.domain.reconciliation import compare_codings

YES, NO = PresentOnAdmission.YES, PresentOnAdmission.NO
HEART = frozenset({"I50"})


def clarified(
    code: str = "I50.31",
    outcome: Outcome | None = Outcome.SPECIFIED,
    poa: PresentOnAdmission | None = None,
    families: frozenset[str] = HEART,
) -> Clarification:
    return Clarification("heart_failure", outcome, "words", code, poa, families)


def kinds(lines: tuple[Comparison, ...]) -> list[tuple[Difference, str, str]]:
    return [
        (
            line.difference,
            line.clarified.code if line.clarified else "-",
            line.final.code if line.final else "-",
        )
        for line in lines
    ]


def test_the_same_code_is_no_difference() -> None:
    lines = compare_codings([clarified()], [FinalCode("I50.31")])
    assert kinds(lines) == [(Difference.NONE, "I50.31", "I50.31")]


def test_another_code_of_the_condition_differs() -> None:
    lines = compare_codings([clarified()], [FinalCode("I50.9")])
    assert kinds(lines) == [(Difference.CODE_DIFFERS, "I50.31", "I50.9")]


def test_a_clarified_diagnosis_without_a_code_like_it_was_not_coded() -> None:
    lines = compare_codings([clarified()], [FinalCode("E11.9")])
    assert kinds(lines) == [
        (Difference.NOT_CODED, "I50.31", "-"),
        (Difference.NONE, "-", "E11.9"),
    ]


def test_presence_on_admission_differs_only_where_both_tell_it() -> None:
    one = clarified(poa=YES)
    assert kinds(compare_codings([one], [FinalCode("I50.31", NO)]))[0][0] is Difference.POA_DIFFERS
    for final in (FinalCode("I50.31", YES), FinalCode("I50.31")):
        assert kinds(compare_codings([one], [final]))[0][0] is Difference.NONE


def test_what_was_asked_and_not_affirmed_is_coded_but_not_clarified() -> None:
    for outcome in (None, Outcome.RULED_OUT, Outcome.UNDETERMINED, Outcome.NOT_SIGNIFICANT):
        lines = compare_codings([clarified("", outcome)], [FinalCode("I50.9")])
        assert kinds(lines) == [(Difference.NOT_CLARIFIED, "", "I50.9")]


def test_what_was_ruled_out_and_not_coded_is_in_order() -> None:
    lines = compare_codings([clarified("", Outcome.RULED_OUT)], [])
    assert kinds(lines) == [(Difference.NONE, "", "-")]


def test_a_question_without_answer_and_code_says_nothing() -> None:
    assert compare_codings([clarified("", None)], []) == ()


def test_a_diagnosis_asked_only_for_its_presence_takes_any_code_of_its_condition() -> None:
    one = clarified("", Outcome.CONFIRMED, NO)
    assert kinds(compare_codings([one], [FinalCode("I50.9", NO)]))[0][0] is Difference.NONE
    assert kinds(compare_codings([one], [FinalCode("I50.9", YES)]))[0][0] is Difference.POA_DIFFERS
    assert kinds(compare_codings([one], []))[0][0] is Difference.NOT_CODED


def test_an_exact_code_is_not_taken_by_another_diagnosis_of_the_category() -> None:
    acute, chronic = clarified("I50.31"), clarified("I50.32")
    lines = compare_codings([acute, chronic], [FinalCode("I50.32"), FinalCode("I50.9")])
    assert kinds(lines) == [
        (Difference.CODE_DIFFERS, "I50.31", "I50.9"),
        (Difference.NONE, "I50.32", "I50.32"),
    ]


def test_differences_stand_first() -> None:
    lines = compare_codings(
        [clarified(), clarified("N17.9", families=frozenset({"N17"}))],
        [FinalCode("I50.31"), FinalCode("E11.9")],
    )
    assert [line.difference for line in lines] == [
        Difference.NOT_CODED,
        Difference.NONE,
        Difference.NONE,
    ]
