"""Reading notes and encounters from files: what is read, what is reported, what is never lost."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cdi.domain.encounter import (
    Capacity,
    Encounter,
    IntakeRemark,
    Medication,
    MedicationKind,
    Note,
    NoteStatus,
    Observation,
    ObservationStatus,
    Patient,
    Problem,
    Procedure,
    RemarkKind,
    Role,
)
from cdi.errors import InputError
from cdi.interop.files import InputNotice, read_path, read_stream, write_encounter

SECRET = "Wrenfeather"  # stands in every bad input; no message may repeat it

Read = tuple[list[Encounter], list[str]]


def read(path: Path, **options: str) -> Read:
    """Return the encounters and the messages, without the folder of the test in them."""
    problems: list[InputError] = []
    encounters = list(read_path(path, problems.append, **options))
    folder = path if path.is_dir() else path.parent
    messages = [str(problem).replace(f"{folder}/", "") for problem in problems]
    assert not any(SECRET in message for message in messages)
    return encounters, messages


def texts(encounters: list[Encounter]) -> dict[str, str]:
    return {encounter.id: encounter.notes[0].text for encounter in encounters}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


Write = Callable[[str, str | bytes], Path]


# Text files


def test_a_text_file_is_an_encounter_of_one_note_named_after_it(write: Write) -> None:
    encounters, messages = read(write("visit.txt", "CHF.\r\nStable.\n"))
    assert encounters == [
        Encounter("visit", notes=(Note("visit", "CHF.\r\nStable.\n"),)),
    ]
    assert messages == []


@pytest.mark.parametrize(
    ("content", "text", "message"),
    [
        pytest.param("39 °C".encode("utf-8-sig"), "39 °C", None, id="UTF-8 with a mark"),
        pytest.param("39 °C".encode("utf-16"), "39 °C", None, id="UTF-16 with a mark"),
        pytest.param(
            b"\xfe\xff" + "39 °C".encode("utf-16-be"), "39 °C", None, id="big-endian UTF-16"
        ),
        pytest.param(
            "“39 °C”".encode("cp1252"),
            "“39 °C”",
            "a.txt: not UTF-8, read as Windows-1252",
            id="Windows-1252",
        ),
        pytest.param(
            b"no\x00thing",
            "no\ufffdthing",
            "a.txt: 1 unusable character(s) read as U+FFFD",
            id="a stray NUL",
        ),
        pytest.param(b"page 1\x0cpage 2\x1b[0m", "page 1\x0cpage 2\x1b[0m", None, id="controls"),
    ],
)
def test_a_text_is_decoded_with_its_offsets_kept(
    write: Write, content: bytes, text: str, message: str | None
) -> None:
    encounters, messages = read(write("a.txt", content))
    assert texts(encounters) == {"a": text}
    assert messages == ([message] if message else [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "a.txt: the note is empty", id="empty"),
        pytest.param(b" \r\n\t", "a.txt: the note is empty", id="blank"),
        pytest.param(
            SECRET.encode() + b"\x81\x8d",
            "a.txt: neither UTF-8 nor Windows-1252 text",
            id="no known encoding",
        ),
        pytest.param(
            b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00" + SECRET.encode(),
            "a.txt: binary content, expected text",
            id="binary",
        ),
        pytest.param(b"\xff\xfea", "a.txt: not valid UTF-16", id="half a UTF-16 character"),
    ],
)
def test_a_file_that_is_no_text_is_reported(write: Write, content: bytes, message: str) -> None:
    assert read(write("a.txt", content)) == ([], [message])


def test_a_text_of_ten_megabytes_is_read(write: Write) -> None:
    text = "Feels well today. " * 600_000
    encounters, messages = read(write("long.txt", text))
    assert encounters[0].notes[0].text == text
    assert messages == []


def test_a_text_beyond_the_limit_is_reported(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdi.interop.files.source.LIMIT", 10)
    assert read(write("a.txt", "0123456789")) == (
        [Encounter("a", notes=(Note("a", "0123456789"),))],
        [],
    )
    assert read(write("b.txt", "0123456789!")) == ([], ["b.txt: longer than 10 characters"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.txt", "gone.txt: cannot be read: No such file or directory"),
        (
            "scan.docx",
            "scan.docx: unknown kind of file, expected .txt, .json, .jsonl, .ndjson, .csv, .tsv, "
            ".hl7",
        ),
    ],
)
def test_a_path_that_cannot_be_read_is_reported(write: Write, name: str, message: str) -> None:
    folder = write("scan.docx", "PK").parent
    assert read(folder / name) == ([], [message])


# JSON lines


def test_json_lines_hold_notes_and_encounters(write: Write) -> None:
    lines = [
        {"id": "a", "text": "Afebrile.", "source": "a key of another system"},
        {"id": 7, "text": "Seen by the dietitian.", "role": "dietitian", "kind": "consult"},
        {"text": "No id."},
        {"id": "stay", "notes": [{"id": "n1", "lines": ["CHF.", "Stable."]}]},
    ]
    encounters, messages = read(write("day.jsonl", "\n\n".join(map(json.dumps, lines)) + "\n"))
    assert [(encounter.id, encounter.notes) for encounter in encounters] == [
        ("a", (Note("a", "Afebrile."),)),
        ("7", (Note("7", "Seen by the dietitian.", "consult", role=Role.DIETITIAN),)),
        ("day:5", (Note("day:5", "No id."),)),
        ("stay", (Note("n1", "CHF.\nStable."),)),
    ]
    assert messages == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "x", "text": "Wrenfeather', "Unterminated string starting at at column 21"),
        ('{"id": "x" "text": "Wrenfeather"}', "Expecting ',' delimiter at column 12"),
    ],
)
def test_a_malformed_line_is_named_and_the_others_are_read(
    write: Write, line: str, message: str
) -> None:
    good = '{"id": "%s", "text": "Afebrile."}\n'
    encounters, messages = read(write("day.jsonl", good % "a" + line + "\n" + good % "b"))
    assert texts(encounters) == {"a": "Afebrile.", "b": "Afebrile."}
    assert messages == [f"day.jsonl:2: not valid JSON: {message}"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"id": %s, "text": "Wrenfeather"}' % ("9" * 5000), "a number has too many digits"),
        ('{"id": "x", "text": "Wrenfeather", "text": "b"}', "a key stands twice in one object"),
        ('"Wrenfeather"', "expected a JSON object"),
        ('["Wrenfeather"]', "expected a JSON object"),
        ('{"id": "x", "text": " "}', "the note is empty"),
        ('{"id": "x", "text": null}', "text: expected a valid string"),
        ('{"id": "x", "text": ["Wrenfeather"]}', "text: expected a valid string"),
        ('{"id": " ", "text": "Wrenfeather"}', "id: must not be empty"),
        ('{"id": true, "text": "Wrenfeather"}', "id: expected a valid string"),
        (
            '{"id": "x", "txet": "Wrenfeather"}',
            "expected `text` for a note or `notes` for an encounter; did you mean `text`?",
        ),
        (
            '{"id": "x", "Wrenfeather was seen": 1}',
            "expected `text` for a note or `notes` for an encounter",
        ),
        (
            '{"id": "x", "text": "Wrenfeather", "role": "surgeon"}',
            "role: expected 'provider', 'nursing', 'dietitian', 'radiology', 'pathology' "
            "or 'other'",
        ),
        (
            '{"resourceType": "Bundle", "id": "Wrenfeather"}',
            "resourceType: a FHIR resource, expected a note or an encounter",
        ),
    ],
)
def test_a_line_that_is_no_note_says_why(write: Write, line: str, message: str) -> None:
    encounters, messages = read(write("a.jsonl", line + '\n{"id": "b", "text": "Well."}'))
    assert texts(encounters) == {"b": "Well."}
    assert messages == [f"a.jsonl:1: {message}"]


def test_lone_surrogates_and_nul_escapes_become_one_character_each(write: Write) -> None:
    line = r'{"id": "a", "text": "x\ud800y\u0000z \ud83d\ude00", "author": "\udfff"}'
    encounters, messages = read(write("a.jsonl", line))
    assert encounters[0].notes[0].text == "x\ufffdy\ufffdz \U0001f600"
    assert messages == [
        "a.jsonl:1: text: 2 unusable character(s) read as U+FFFD",
        "a.jsonl:1: author: 1 unusable character(s) read as U+FFFD",
    ]


def test_lines_in_another_encoding_are_read_with_one_notice(write: Write) -> None:
    good = '{"id": "a", "text": "39 °C"}\n'.encode()
    foreign = '{"id": "%s", "text": "38 °C"}\n'
    bad = b'{"id": "x", "text": "\x81"}\n'
    content = good + (foreign % "b").encode("cp1252") + bad + (foreign % "c").encode("cp1252")
    encounters, messages = read(write("a.jsonl", content))
    assert texts(encounters) == {"a": "39 °C", "b": "38 °C", "c": "38 °C"}
    assert messages == [
        "a.jsonl:2: not UTF-8, read as Windows-1252, here and perhaps further on",
        "a.jsonl:3: neither UTF-8 nor Windows-1252 text",
    ]


def test_utf16_lines_are_read(write: Write) -> None:
    content = '{"id": "a", "text": "39 °C"}\n{"id": "b", "text": "37 °C"}\n'.encode("utf-16")
    assert texts(read(write("a.ndjson", content))[0]) == {"a": "39 °C", "b": "37 °C"}


def test_a_line_beyond_the_limit_is_passed_over(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdi.interop.files.source.LIMIT", 30)
    content = '{"text": "a"}\n{"text": "%s"}\n{"text": "c"}\n' % ("b" * 100)
    encounters, messages = read(write("a.jsonl", content))
    assert texts(encounters) == {"a:1": "a", "a:3": "c"}
    assert messages == ["a.jsonl:2: longer than 30 characters"]


def test_a_second_encounter_with_the_same_id_is_reported(write: Write) -> None:
    content = '{"id": "a", "text": "First."}\n{"id": "a", "text": "Second."}\n{"text": "Third."}'
    encounters, messages = read(write("a.jsonl", content))
    assert texts(encounters) == {"a": "First.", "a:3": "Third."}
    assert messages == ["a.jsonl:2: id: an encounter with this id was read before"]


# Native encounters

CHART: dict[str, Any] = {
    "id": "stay-1",
    "title": "A short stay",
    "patient": {"id": "p1", "name": "Test", "birth_date": "1950-02-28", "sex": "female"},
    "admitted_at": "2026-03-01T08:00:00-05:00",
    "discharged_at": "2026-03-02T08:00:00-05:00",
    "notes": [
        {
            "id": "n1",
            "kind": "history and physical",
            "author": "Dr. Test",
            "role": "provider",
            "recorded_at": "2026-03-01T09:00:00-05:00",
            "lines": ["CHF.", "", "Stable."],
        },
        {"id": "n2", "text": "Slept well.", "role": "nursing", "status": "amended"},
    ],
    "observations": [
        {
            "id": "o1",
            "analyte": "creatinine",
            "value": 1.4,
            "unit": "mg/dL",
            "observed_at": "2026-03-01T08:30:00-05:00",
            "status": "corrected",
            "source": "laboratory",
        },
        {"id": "o2", "analyte": "blood culture", "text": "no growth"},
    ],
    "medications": [
        {
            "id": "m1",
            "name": "furosemide",
            "dose": "40 mg",
            "route": "IV",
            "started_at": "2026-03-01T10:00:00-05:00",
        }
    ],
}
EASTERN = timezone(-timedelta(hours=5))


def changed(place: str, value: object) -> dict[str, Any]:
    """Return the chart with one field set ("notes.1.text"), or removed for ``...``."""
    chart: dict[str, Any] = json.loads(json.dumps(CHART))
    *parents, last = (int(part) if part.isdigit() else part for part in place.split("."))
    target: Any = chart
    for part in parents:
        target = target[part]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return chart


def test_an_encounter_is_read_field_by_field(write: Write) -> None:
    encounters, messages = read(write("a.json", json.dumps(CHART)))
    assert messages == []
    assert encounters == [
        Encounter(
            "stay-1",
            Patient("p1", "Test", date(1950, 2, 28), "female"),
            notes=(
                Note(
                    "n1",
                    "CHF.\n\nStable.",
                    "history and physical",
                    "Dr. Test",
                    Role.PROVIDER,
                    datetime(2026, 3, 1, 9, tzinfo=EASTERN),
                ),
                Note("n2", "Slept well.", role=Role.NURSING, status=NoteStatus.AMENDED),
            ),
            observations=(
                Observation(
                    "o1",
                    "creatinine",
                    1.4,
                    "mg/dL",
                    observed_at=datetime(2026, 3, 1, 8, 30, tzinfo=EASTERN),
                    status=ObservationStatus.CORRECTED,
                    source="laboratory",
                ),
                Observation("o2", "blood culture", text="no growth"),
            ),
            medications=(
                Medication(
                    "m1", "furosemide", "40 mg", "IV", datetime(2026, 3, 1, 10, tzinfo=EASTERN)
                ),
            ),
            admitted_at=datetime(2026, 3, 1, 8, tzinfo=EASTERN),
            discharged_at=datetime(2026, 3, 2, 8, tzinfo=EASTERN),
            title="A short stay",
        )
    ]


def test_a_list_of_encounters_and_notes_is_read(write: Write) -> None:
    content = json.dumps([CHART, {"text": "Well."}, {"notes": []}])
    encounters, messages = read(write("all.json", content))
    assert [encounter.id for encounter in encounters] == ["stay-1", "all[1]"]
    assert messages == ["all.json: [2].id: is required"]


TIME = "expected an ISO 8601 date and time such as 2026-01-31T14:05:00-05:00"


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("id", ..., "id: is required"),
        ("id", "", "id: must not be empty"),
        ("notes", {"Wrenfeather": 1}, "notes: expected a valid tuple"),
        ("notes.1.text", ..., "notes[1].text: is required"),
        ("notes.1.text", 5, "notes[1].text: expected a valid string"),
        ("notes.1", "Wrenfeather", "notes[1]: expected a valid dictionary or instance of"),
        ("notes.1.lines", ["Wrenfeather"], "notes[1]: `text` and `lines` are both given"),
        ("notes.0.lines", "Wrenfeather", "notes[0]: `lines` must be a list of strings"),
        ("notes.1.id", "n1", "notes[1].id: the same id as notes[0]"),
        ("notes.1.role", "doctor", "notes[1].role: expected 'provider', 'nursing', 'dietitian'"),
        (
            "notes.1.status",
            "draft",
            "notes[1].status: expected 'preliminary', 'final', 'amended', 'superseded' or "
            "'retracted'",
        ),
        ("notes.1.txt", "Wrenfeather", "notes[1].txt: unknown key; did you mean `text`?"),
        ("notes.1.he is called Wrenfeather", 1, "notes[1].(unnamed): unknown key"),
        ("observation", [], "observation: unknown key; did you mean `observations`?"),
        ("observations.0.value", "1.4", "observations[0].value: expected a valid number"),
        ("observations.0.value", True, "observations[0].value: expected a valid number"),
        ("observations.0.analyte", "", "observations[0].analyte: must not be empty"),
        ("observations.1.id", "o1", "observations[1].id: the same id as observations[0]"),
        (
            "observations.0.status",
            "ok",
            "observations[0].status: expected 'preliminary', 'final', 'corrected'",
        ),
        ("observations.0.observed_at", "2026-03-01", f"observations[0].observed_at: {TIME}"),
        ("medications.0.name", ..., "medications[0].name: is required"),
        ("medications.0.started_at", 1772377200, f"medications[0].started_at: {TIME}"),
        ("admitted_at", "Wrenfeather on Monday", "admitted_at: not a valid ISO 8601 date and"),
        ("admitted_at", "2026-13-01T08:00:00Z", "admitted_at: not a valid ISO 8601 date and time"),
        ("admitted_at", "0001-01-01T00:00:00+14:00", "admitted_at: the year is not between 1900"),
        (
            "medications.0.started_at",
            "2026-03-01T10:00:00",
            "medications[0].started_at: a time without an offset, while others of the encounter",
        ),
        ("patient.birth_date", "28.2.1950", "patient.birth_date: not a valid ISO 8601 date"),
        ("patient.birth_date", 1950, "patient.birth_date: expected an ISO 8601 date such as"),
        ("patient.sex", "f", "patient.sex: expected 'female', 'male', 'other' or 'unknown'"),
    ],
)
def test_a_mistake_in_an_encounter_is_named_with_its_place(
    write: Write, place: str, value: object, message: str
) -> None:
    content = json.dumps(changed(place, value)) + '\n{"id": "b", "text": "Well."}'
    encounters, messages = read(write("a.jsonl", content))
    assert texts(encounters) == {"b": "Well."}
    assert len(messages) == 1
    assert messages[0].startswith(f"a.jsonl:1: {message}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(write: Write, number: str) -> None:
    content = json.dumps(CHART).replace("1.4", number)
    assert read(write("a.json", content)) == (
        [],
        ["a.json: observations[0].value: expected a finite number"],
    )


def test_every_mistake_is_told_up_to_ten(write: Write) -> None:
    notes = [{"id": str(number)} for number in range(12)]
    _, messages = read(write("a.json", json.dumps({"id": "a", "notes": notes})))
    assert messages == [
        *(f"a.json: notes[{number}].text: is required" for number in range(10)),
        "a.json: 2 more mistakes",
    ]


def test_an_empty_note_of_an_encounter_is_left_out_with_a_notice(write: Write) -> None:
    path = write("a.json", json.dumps(changed("notes.1.text", " \n")))
    problems: list[InputError] = []
    (encounter,) = read_path(path, problems.append)
    assert [note.id for note in encounter.notes] == ["n1"]
    assert [(type(problem), problem.field) for problem in problems] == [
        (InputNotice, "notes[1].text")
    ]


def test_times_without_any_offset_are_taken_as_utc(write: Write) -> None:
    content = json.dumps(CHART).replace("-05:00", "")
    (encounter,), messages = read(write("a.json", content))
    assert encounter.admitted_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert encounter.notes[0].recorded_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert messages == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a.json:1: not valid JSON: Expecting value at column 1"),
        ('{\n"id": "Wrenfeather"\n', "a.json:3: not valid JSON: Expecting ',' delimiter"),
    ],
)
def test_a_malformed_document_is_named_with_its_line(
    write: Write, content: str, message: str
) -> None:
    encounters, messages = read(write("a.json", content))
    assert encounters == []
    assert len(messages) == 1
    assert messages[0].startswith(message)


def test_writing_leaves_out_defaults_and_splits_lines() -> None:
    assert write_encounter(Encounter("a", notes=(Note("n", "x\ny"), Note("m", "z")))) == {
        "id": "a",
        "notes": [{"id": "n", "lines": ["x", "y"]}, {"id": "m", "text": "z"}],
    }
    assert write_encounter(Encounter("a")) == {"id": "a", "notes": []}


IDS = st.text(min_size=1, max_size=5).filter(lambda text: bool(text.strip()) and "\0" not in text)
PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
TIMES = st.none() | st.datetimes(
    datetime(1900, 1, 2),
    datetime(2199, 12, 30),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


def several(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3, unique_by=lambda item: item.id).map(tuple)


ENCOUNTERS = st.builds(
    Encounter,
    id=IDS,
    title=PLAIN,
    patient=st.none()
    | st.builds(
        Patient,
        id=IDS,
        name=PLAIN,
        birth_date=st.none() | st.dates(),
        sex=st.sampled_from([None, "female", "male"]),
    ),
    notes=several(
        st.builds(
            Note,
            id=IDS,
            text=PLAIN.filter(lambda text: bool(text.strip())),
            kind=PLAIN,
            author=PLAIN,
            role=st.sampled_from(Role),
            recorded_at=TIMES,
            status=st.sampled_from(NoteStatus),
            author_id=PLAIN,
            specialty=PLAIN,
            capacity=st.none() | st.sampled_from(Capacity),
            replaces=PLAIN,
            appends_to=PLAIN,
            version=st.integers(1, 9),
        )
    ),
    observations=several(
        st.builds(
            Observation,
            id=IDS,
            analyte=IDS,
            value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
            unit=PLAIN,
            observed_at=TIMES,
            recorded_at=TIMES,
            text=PLAIN,
            status=st.sampled_from(ObservationStatus),
            source=PLAIN,
            comparator=st.sampled_from(["", "<", ">"]),
            loinc=PLAIN,
        )
    ),
    medications=several(
        st.builds(
            Medication,
            id=IDS,
            name=IDS,
            dose=PLAIN,
            route=PLAIN,
            started_at=TIMES,
            ended_at=TIMES,
            kind=st.none() | st.sampled_from(MedicationKind),
            reason=PLAIN,
        )
    ),
    admitted_at=TIMES,
    discharged_at=TIMES,
    unit=PLAIN,
    service=PLAIN,
    visit_number=PLAIN,
    problems=several(st.builds(Problem, id=IDS, text=PLAIN, recorded_on=st.none() | st.dates())),
    procedures=several(st.builds(Procedure, id=IDS, name=IDS, started_at=TIMES)),
    set_aside=st.just((Observation("odd", "creatinine", unit="furlong"),)) | st.just(()),
    remarks=st.lists(
        st.builds(
            IntakeRemark, kind=st.sampled_from(RemarkKind), item=PLAIN, subject=PLAIN, message=PLAIN
        ),
        max_size=2,
    ).map(tuple),
)


@settings(deadline=None, max_examples=100)
@given(ENCOUNTERS)
def test_an_encounter_written_and_read_back_is_the_same(encounter: Encounter) -> None:
    for indent in (None, 1):
        content = json.dumps(write_encounter(encounter), indent=indent).encode()
        problems: list[InputError] = []
        assert list(read_stream(io.BytesIO(content), problems.append)) == [encounter]
        assert problems == []


# Tables


def test_a_table_has_one_note_a_row(write: Write) -> None:
    content = 'ID,Ward,Note_Text\n1,A,"CHF, stable.\nHome ""today""."\n,B,Well.\n\n3,C,\n'
    encounters, messages = read(write("t.csv", content))
    assert texts(encounters) == {"1": 'CHF, stable.\nHome "today".', "t:4": "Well."}
    assert messages == ["t.csv:6: the note is empty"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "id;text\na;CHF, stable.\n"),
        ("t.csv", "id\ttext\na\tCHF, stable.\n"),
        ("t.tsv", "id\ttext\r\na\tCHF, stable.\r\n"),
        ("T.CSV", '"id","text"\n"a","CHF, stable."'),
    ],
)
def test_the_usual_delimiters_are_recognised(write: Write, name: str, content: str) -> None:
    assert read(write(name, content)) == (
        [Encounter("a", notes=(Note("a", "CHF, stable."),))],
        [],
    )


def test_columns_can_be_chosen(write: Write) -> None:
    path = write("t.csv", "id,text,visit,body\n1,x,v1,CHF.\n")
    assert texts(read(path, text_column="body", id_column="Visit")[0]) == {"v1": "CHF."}


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", {}, "t.csv: the file is empty"),
        (
            "id,notes\n1,Wrenfeather\n",
            {},
            "t.csv:1: no column `text` or `note` or `note_text` among 2 headings; "
            "did you mean `notes`?",
        ),
        (
            "Wrenfeather,was seen today for her yearly visit\n",
            {},
            "t.csv:1: no column `text` or `note` or `note_text` among 2 headings",
        ),
        (
            "id,text\n1,a\n",
            {"text_column": "tekst"},
            "t.csv:1: no column `tekst` among 2 headings; did you mean `text`?",
        ),
        (
            "id,text\n1,a\n",
            {"id_column": "visit"},
            "t.csv:1: no column `visit` among 2 headings",
        ),
    ],
)
def test_a_table_without_the_column_says_what_was_expected(
    write: Write, content: str, options: dict[str, str], message: str
) -> None:
    assert read(write("t.csv", content), **options) == ([], [message])


def test_a_row_that_cannot_be_read_costs_no_other(write: Write) -> None:
    content = (
        "id,text\n"
        'a,"CHF"\n'
        'b,"Wrenfeather"x\n'
        "c,Wrenfeather, with a bare comma\n"
        "d\n"
        'e,"two\nlines"\n'
        "f,Well.\n"
        'g,"Wrenfeather, and no end\n'
    )
    encounters, messages = read(write("t.csv", content))
    assert texts(encounters) == {"a": "CHF", "e": "two\nlines", "f": "Well."}
    assert messages == [
        "t.csv:3: not a valid row: ',' expected after '\"'",
        "t.csv:4: 3 cells, expected 2",
        "t.csv:5: 1 cells, expected 2",
        "t.csv:9: not a valid row: unexpected end of data",
    ]


def test_a_row_of_which_a_line_is_unreadable_is_not_read_in_part(write: Write) -> None:
    content = b'id,text\na,"CHF\n\x81\nstable"\nb,"No\nCHF"\n\x81,x\nc,Well.\n'
    encounters, messages = read(write("t.csv", content))
    assert texts(encounters) == {"b": "No\nCHF", "c": "Well."}
    assert messages == [
        "t.csv:3: neither UTF-8 nor Windows-1252 text",
        "t.csv:2: a line of this row could not be read",
        "t.csv:7: neither UTF-8 nor Windows-1252 text",
    ]


def test_a_quote_that_never_ends_tells_how_far_it_reaches(write: Write) -> None:
    content = 'text\nCHF\n"Wrenfeather\nWell.\n"x\nHome.\n'
    encounters, messages = read(write("t.csv", content))
    assert texts(encounters) == {"t:2": "CHF", "t:6": "Home."}
    assert messages == [
        "t.csv:3: not a valid row, read up to line 5: ',' expected after '\"'",
    ]


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_default(write: Write) -> None:
    text = "Well. " * 100_000
    assert texts(read(write("t.csv", f"id,text\na,{text}\n"))[0]) == {"a": text}


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@settings(deadline=None, max_examples=100)
@given(st.lists(CELLS.filter(lambda text: bool(text.strip())), min_size=1, max_size=5))
@example(["a\r\nb", '"', "\ufeff", "a,b"])
def test_whatever_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    path = tmp_path_factory.mktemp("table") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(cells))
    encounters, messages = read(path)
    assert [encounter.notes[0].text for encounter in encounters] == cells
    assert messages == []


# Folders


def test_a_folder_is_read_in_order_and_tells_what_it_skips(write: Write) -> None:
    write("b/2.txt", "Second.")
    write("b/10.jsonl", '{"text": "First."}')
    write("a.TXT", "Zeroth.")
    write("z.csv", "text\nThird.\n")
    write(".hidden/x.txt", "No.")
    write("b/.DS_Store", "No.")
    folder = write("b/scan.pdf", "No.").parent.parent
    (folder / "loop").symlink_to(folder)
    encounters, messages = read(folder)
    assert texts(encounters) == {
        "a": "Zeroth.",
        "b/10:1": "First.",
        "b/2": "Second.",
        "z:2": "Third.",
    }
    assert messages == [
        ".hidden: skipped, hidden",
        "b/.DS_Store: skipped, hidden",
        "b/scan.pdf: skipped, unknown kind of file",
        "loop: skipped, a link to a folder",
    ]


def test_a_bad_file_costs_no_other(write: Write) -> None:
    write("a.txt", b"\x81")
    write("b.json", "{")
    write("c.csv", "x\n")
    folder = write("d.txt", "Well.").parent
    encounters, messages = read(folder)
    assert texts(encounters) == {"d": "Well."}
    assert [message.split(":")[0] for message in messages] == ["a.txt", "b.json", "c.csv"]


def test_files_of_one_name_are_two_problems_not_one_result(write: Write) -> None:
    write("a.json", '{"text": "First."}')
    folder = write("a.txt", "Second.").parent
    encounters, messages = read(folder)
    assert texts(encounters) == {"a": "First."}
    assert messages == ["a.txt: id: an encounter with this id was read before"]


def test_a_folder_with_nothing_to_read_says_so(tmp_path: Path) -> None:
    encounters, messages = read(tmp_path)
    assert encounters == []
    assert messages == [f"{tmp_path}: no file to read in this folder"]


# Standard input


def read_bytes(content: bytes) -> Read:
    stream = io.BytesIO(content)
    problems: list[InputError] = []
    encounters = list(read_stream(stream, problems.append))
    assert not stream.closed
    return encounters, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "text",
    [
        "CHF exacerbation.\nHome today.",
        "[** Name **] was seen.",
        '{x} marks "nothing"',
        "\n\n  Indented.",
    ],
)
def test_text_on_a_stream_is_one_note(text: str) -> None:
    expected = Encounter("stdin", notes=(Note("stdin", text),))
    assert read_bytes(text.encode()) == ([expected], [])
    assert read_bytes(text.encode("utf-16")) == ([expected], [])


@pytest.mark.parametrize("indent", [None, 1])
def test_a_document_on_a_stream_is_an_encounter(indent: int | None) -> None:
    (encounter,), messages = read_bytes(b"\n" + json.dumps(CHART, indent=indent).encode())
    assert encounter.id == "stay-1"
    assert messages == []


def test_json_lines_on_a_stream_are_notes() -> None:
    encounters, messages = read_bytes(b'\n{"text": "a"}\n{"text": \n{"text": "c"}\n')
    assert texts(encounters) == {"stdin:2": "a", "stdin:4": "c"}
    assert messages == ["stdin:3: not valid JSON: Expecting value at column 9"]


def test_a_malformed_document_on_a_stream_names_its_line() -> None:
    assert read_bytes(b'\n{"id": "a",\n"notes": x}') == (
        [],
        ["stdin:3: not valid JSON: Expecting value at column 10"],
    )


def test_an_empty_stream_says_so() -> None:
    assert read_bytes(b"") == ([], ["stdin: the note is empty"])


def test_a_dash_is_standard_input_and_a_bare_name_may_be_anything(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"CHF.")))
    problems: list[InputError] = []
    assert texts(list(read_path("-", problems.append))) == {"stdin": "CHF."}
    assert problems == []
    assert texts(read(write("note", '{"id": "a", "text": "CHF."}'))[0]) == {"a": "CHF."}


# All of them


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["a.txt", "a.json", "a.jsonl", "a.csv", "a.tsv", "a"]),
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace"))
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*CHART, *CHART["notes"][0], "text", "x y"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)
def test_no_content_whatever_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)
    problems: list[InputError] = []
    for encounter in read_path(path, problems.append):
        json.dumps(write_encounter(encounter)).encode()
        for note in encounter.notes:
            note.text.encode()  # every text that is read can be stored
    assert all(isinstance(problem, InputError) for problem in problems)


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_a_chart_with_one_value_replaced_is_read_or_reported(data: st.DataObject) -> None:
    places = [
        *CHART,
        *(f"patient.{key}" for key in CHART["patient"]),
        *(f"notes.0.{key}" for key in CHART["notes"][0]),
        *(f"observations.0.{key}" for key in CHART["observations"][0]),
        *(f"medications.0.{key}" for key in CHART["medications"][0]),
    ]
    value = data.draw(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text())
    )
    chart = changed(data.draw(st.sampled_from(places)), value)
    problems: list[InputError] = []
    found = list(read_stream(io.BytesIO(json.dumps(chart).encode()), problems.append))
    assert found or problems


def test_large_files_are_streamed(tmp_path: Path) -> None:
    text = "Feels well today. " * 500
    lines, table = tmp_path / "a.jsonl", tmp_path / "a.csv"
    with lines.open("w") as stream:
        stream.writelines(json.dumps({"text": text}) + "\n" for _ in range(2000))
    with table.open("w") as stream:
        stream.write("text\n")
        stream.writelines(f"{text}\n" for _ in range(2000))
    for path in (lines, table):  # 18 MB each
        problems: list[InputError] = []
        tracemalloc.start()
        count = sum(1 for _ in read_path(path, problems.append))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (count, problems) == (2000, [])
        assert peak < 2_000_000


def test_a_notice_is_told_apart_from_a_loss(write: Write) -> None:
    write("a.txt", "38 °C".encode("cp1252"))
    folder = write("b.txt", "").parent
    problems: list[InputError] = []
    list(read_path(folder, problems.append))
    assert [problem.code for problem in problems] == ["input_notice", "input"]
