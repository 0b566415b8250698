"""Whatever way a question takes to the physician, it passes one gate (practice rule Q29)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from letter_cases import DATA, build

from cdi.domain.letter import Channel, Level
from cdi.letters.json_form import read_letter
from cdi.workflow.letter_check import check_letter

# For each channel what is sent through it as it should be, and as it must not be:
# base letter, its changes, and the rules it breaks.
SILENT: dict[Channel, list[tuple[str, dict[str, Any]]]] = {
    Channel.LETTER: [("heart", {}), ("food", {"add": 'Her note reads "severe malnutrition".'})],
    Channel.PORTAL: [("oxygen", {}), ("admitted", {})],
    Channel.EMAIL_SUBJECT: [
        ("oxygen", {"subject": "Clarification: oxygen requirement"}),
        ("heart", {"subject": "Clarification: heart failure documented on 05/04"}),
    ],
    Channel.PUSH: [
        ("food", {"subject": "A question about nutritional status waits for you"}),
        ("open", {}),
    ],
    Channel.CDS_CARD: [("valid", {}), ("nodule", {})],
    Channel.VERBAL_NOTE: [
        ("oxygen", {"body": "Asked Dr. Ames by telephone on 06/10 at 15:20, with these facts."}),
        ("tear", {"add": "Asked in person on 2026-02-20 at 10:05."}),
    ],
    Channel.REMINDER: [
        ("heart", {"add": "This is a reminder of the question of 05/05."}),
        ("link", {"add": "Please answer when you can; the question of 10/12 is still open."}),
    ],
}
FIRING: dict[Channel, list[tuple[str, dict[str, Any], list[str]]]] = {
    Channel.LETTER: [
        ("heart", {"add": "Please confirm acute on chronic systolic heart failure."}, ["Q06"]),
        ("heart", {"question": "What type is the severe CHF?"}, ["Q07"]),
    ],
    Channel.PORTAL: [
        ("oxygen", {"option": ["Dyspnea without respiratory failure", "[x] Dyspnea"]}, ["Q15"]),
        ("oxygen", {"drop": "undetermined"}, ["Q12"]),
    ],
    Channel.EMAIL_SUBJECT: [
        ("food", {"subject": "Severe malnutrition - please respond"}, ["Q08"]),
        ("heart", {"subject": "CHF: MCC opportunity"}, ["Q09"]),
    ],
    Channel.PUSH: [
        ("oxygen", {"subject": "Acute respiratory failure?"}, ["Q08"]),
        ("open", {"add": "Final notice before the chart is reported."}, ["Q06"]),
    ],
    Channel.CDS_CARD: [
        ("food", {"add": "Add severe malnutrition (E44.0)."}, ["Q06", "Q07", "Q39"]),
        ("heart", {"indicators": [], "options": [], "form": "open_ended"}, ["Q01"]),
    ],
    Channel.VERBAL_NOTE: [
        ("oxygen", {"body": "Asked Dr. Ames in passing."}, ["Q28"]),
        (
            "oxygen",
            {"body": "Told Dr. Ames on 06/10 that acute respiratory failure was treated."},
            ["Q07"],
        ),
    ],
    Channel.REMINDER: [
        ("heart", {"add": "Second reminder: unanswered questions will be escalated."}, ["Q06"]),
        ("heart", {"add": "A reminder: the answer supports the severity capture."}, ["Q09"]),
    ],
}


def rules(channel: Channel, base: str, changes: dict[str, Any]) -> list[str]:
    form = build(base, {**changes, "channel": channel.value})
    if channel is Channel.EMAIL_SUBJECT and "body" not in changes and "add" not in changes:
        form["body"] = ""  # a subject line stands alone
    found = check_letter(read_letter(json.dumps(form)))
    return sorted({violation.rule for violation in found})


def test_every_channel_has_cases() -> None:
    assert set(SILENT) == set(FIRING) == set(Channel)
    assert all(len(cases) >= 2 for cases in (*SILENT.values(), *FIRING.values()))


@pytest.mark.parametrize(
    ("channel", "base", "changes"),
    [
        pytest.param(channel, base, changes, id=f"{channel}: {base} {number}")
        for channel, cases in SILENT.items()
        for number, (base, changes) in enumerate(cases, 1)
    ],
)
def test_what_a_channel_carries_as_it_should_passes(
    channel: Channel, base: str, changes: dict[str, Any]
) -> None:
    assert rules(channel, base, changes) == []


@pytest.mark.parametrize(
    ("channel", "base", "changes", "broken"),
    [
        pytest.param(channel, base, changes, broken, id=f"{channel}: {base} {number}")
        for channel, cases in FIRING.items()
        for number, (base, changes, broken) in enumerate(cases, 1)
    ],
)
def test_what_no_channel_may_carry_is_told(
    channel: Channel, base: str, changes: dict[str, Any], broken: list[str]
) -> None:
    assert rules(channel, base, changes) == broken


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_is_judged_by_the_same_rules(channel: Channel) -> None:
    """Of all labelled letters: the way out makes no difference but for the date of a talk."""
    for base, broken, changes, shows in DATA["cases"]:
        form = build(base, {**changes, "channel": channel.value})
        found = check_letter(read_letter(json.dumps(form)))
        told = {violation.rule for violation in found} - {"Q28"}
        assert sorted(told) == broken, (channel, shows)


def test_a_talk_without_its_day_is_only_a_warning() -> None:
    form = build("oxygen", {"channel": "verbal_note", "body": "Asked Dr. Ames in passing."})
    (found,) = check_letter(read_letter(json.dumps(form)))
    assert (found.rule, found.level) == ("Q28", Level.WARN)
