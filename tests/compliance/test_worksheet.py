"""The audit worksheet: drawn, written, filled in, compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories import make_encounter, make_letter, make_pack

from cdi.compliance import check, worksheet
from cdi.compliance.worksheet import Agreement, Row
from cdi.domain.letter import AuditOutcome
from cdi.errors import InputError

PACK = make_pack()


def sheet() -> list[Row]:
    letter = replace(make_letter(), subject="DRG question")
    found = check(letter, make_encounter(), PACK)
    return worksheet.rows("L-1", found, worksheet.judged_rules(PACK))


def test_every_rule_has_a_row_and_violations_are_opportunities() -> None:
    opportunities = [row for row in sheet() if row.outcome is AuditOutcome.OPPORTUNITY]
    assert [(row.rule, row.finding.split(":")[0]) for row in opportunities] == [("Q09", "subject")]
    assert len(sheet()) == len(set(worksheet.judged_rules(PACK))) > 30


def test_a_sample_is_the_same_for_a_seed_and_keeps_the_order() -> None:
    letters = list(range(100))
    drawn = worksheet.draw(letters, 10, 7)
    assert drawn == worksheet.draw(letters, 10, 7) == sorted(drawn)
    assert drawn != worksheet.draw(letters, 10, 8)
    assert worksheet.draw([1, 2], 10, 7) == [1, 2]


def test_a_worksheet_is_read_back_as_it_was_written() -> None:
    assert worksheet.read_csv(worksheet.write_csv(sheet())) == sheet()


def test_a_text_is_no_formula_and_no_markup() -> None:
    row = Row("=HYPERLINK()", "Q01", AuditOutcome.MET, "<b>")
    assert "\n'=HYPERLINK()," in worksheet.write_csv([row])
    assert "&lt;b&gt;" in worksheet.write_html([row])


def test_agreement_counts_what_was_judged() -> None:
    def row(outcome: str, verdict: str | None) -> Row:
        return Row(
            "L", "Q06", AuditOutcome(outcome), "", AuditOutcome(verdict) if verdict else None
        )

    rows = [
        row("met", "met"),
        row("met", "opportunity"),
        row("opportunity", "opportunity"),
        row("opportunity", "met"),
        row("met", "n/a"),
        row("met", None),
    ]
    assert worksheet.agreement(rows) == Agreement(4, 2, 1, 1, 0.0)
    assert worksheet.agreement([]) == Agreement(0, 0, 0, 0, None)


@pytest.mark.parametrize("text", ["letter,rule\nL,Q01\n", ""])
def test_a_sheet_without_its_columns_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="column"):
        worksheet.read_csv(text)


def test_a_verdict_that_is_none_is_refused_by_line() -> None:
    text = worksheet.write_csv(sheet()[:1]).replace("met,,,", "met,,perhaps,")
    with pytest.raises(InputError, match="worksheet:2"):
        worksheet.read_csv(text)
