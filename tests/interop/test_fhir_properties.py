"""Whatever a bundle holds: valid resources reach the review, invalid ones are named."""

from __future__ import annotations

import copy
import string
from typing import Any

import pytest
from fhir_bundles import bundle, document, encounter, observation, patient, practitioner, reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdi.errors import InputError
from cdi.interop.fhir import read_bundle
from cdi.interop.mapping import Intake, load_intake
from cdi.workflow.scan import default_scanner

Json = dict[str, Any]

ids = st.text(string.ascii_letters + string.digits + "-.", min_size=1, max_size=12)
words = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=("C", "Z")),
    min_size=1,
    max_size=12,
)
times = st.datetimes(timezones=st.just(None)).map(lambda t: t.isoformat(timespec="seconds"))
moments = st.builds(
    lambda t, zone: f"{t}{zone}", times, st.sampled_from(["Z", "-05:00", "+05:30", "+14:00"])
)
partial = st.one_of(moments, st.sampled_from(["2026", "2026-05", "2026-05-03"]))
numbers = st.one_of(st.integers(-(10**9), 10**9), st.decimals(-1000, 1000, places=3).map(float))
notes = st.sampled_from(
    [
        "ASSESSMENT: CHF, on Lasix 40 mg IV. Cr 2.1 (baseline 0.9).",
        "Sepsis due to pneumonia. Lactate 4.",
        "\x0b\u2028odd \U0001f600 signs",
        "",
    ]
)
concepts = st.one_of(
    words.map(lambda text: {"text": text}),
    st.sampled_from(["2160-0", "2823-3", "718-7", "8480-6", "11506-3", "99-9"]).map(
        lambda code: {"coding": [{"system": "http://loinc.org", "code": code}]}
    ),
    st.just({"coding": [{"display": "nothing but a display"}]}),
)


def some(**elements: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Return an object with any of some optional elements."""
    return st.fixed_dictionaries({}, optional=elements)


quantities = some(
    value=numbers,
    unit=st.sampled_from(["mg/dL", "umol/L", "mmol/L", "g/L", "%", "furlong"]),
    comparator=st.sampled_from(["<", "<=", ">=", ">"]),
)
values = st.one_of(
    quantities.map(lambda q: {"valueQuantity": q}),
    words.map(lambda text: {"valueString": text}),
    concepts.map(lambda c: {"valueCodeableConcept": c}),
    st.integers(-5, 500).map(lambda number: {"valueInteger": number}),
    st.just({"valueBoolean": True}),
    st.just({}),
)
observations = st.builds(
    lambda base, value, more: {**base, **value, **more},
    st.builds(lambda i, c: {**observation(None), "id": i, "code": c}, ids, concepts),
    values,
    some(
        status=st.sampled_from(["final", "corrected", "entered-in-error", "unknown"]),
        effectiveDateTime=partial,
        issued=moments,
        encounter=st.just(reference("Encounter/elsewhere")),
        component=st.lists(st.builds(lambda c, v: {"code": c, **v}, concepts, values), max_size=2),
    ),
)
documents = st.builds(
    lambda text, more: {**document(text), **more},
    notes,
    some(
        id=ids,
        type=concepts,
        date=moments,
        docStatus=st.sampled_from(["preliminary", "amended", "entered-in-error"]),
        status=st.sampled_from(["superseded", "entered-in-error"]),
        author=st.just([reference("Practitioner/reed")]),
        relatesTo=st.sampled_from(["replaces", "appends"]).map(
            lambda code: [{"code": code, "target": reference("DocumentReference/d1")}]
        ),
    ),
)
drugs = st.builds(
    lambda kind, base, more: {"resourceType": kind, **base, **more},
    st.just("MedicationAdministration"),
    st.builds(
        lambda i, c: {
            "id": i,
            "status": "completed",
            "medicationCodeableConcept": c,
            "subject": reference("Patient/p1"),
            "effectiveDateTime": "2026-05-02T08:00:00Z",
        },
        ids,
        concepts,
    ),
    some(dosage=words.map(lambda text: {"text": text}), effectiveDateTime=partial),
)
listed = st.builds(
    lambda i, more: {
        "resourceType": "Condition",
        "id": i,
        "subject": reference("Patient/p1"),
        **more,
    },
    ids,
    some(code=concepts, recordedDate=partial, category=st.lists(concepts, max_size=2)),
)
done = st.builds(
    lambda i, more: {
        "resourceType": "Procedure",
        "id": i,
        "status": "completed",
        "subject": reference("Patient/p1"),
        **more,
    },
    ids,
    some(code=concepts, performedDateTime=partial),
)
resources = st.one_of(observations, documents, drugs, listed, done)
bundles = st.builds(
    lambda items, stay: {
        **bundle(),
        "entry": [
            {"resource": item}
            for item in (patient(), encounter(**stay), *practitioner("reed", "MD"), *items)
        ],
    },
    st.lists(resources, max_size=6),
    some(period=some(start=moments), serviceType=concepts),
)


def refuse(problem: InputError) -> None:
    pytest.fail(str(problem))


@pytest.fixture(scope="module")
def intake() -> Intake:
    return load_intake()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bundles)
def test_every_valid_bundle_reaches_the_review(intake: Intake, data: Json) -> None:
    for stay in read_bundle(data, intake, refuse):
        assert default_scanner().scan(stay).encounter.id == stay.id


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"Mrs Wrenfeather": 1}),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of everything inside a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(resources, st.data(), _JUNK)
def test_a_spoilt_resource_is_read_or_named_and_costs_nothing_else(
    intake: Intake, resource: Json, data: st.DataObject, junk: Any
) -> None:
    spoilt = copy.deepcopy(resource)
    path = data.draw(st.sampled_from(places(spoilt)))
    inside: Any = spoilt
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = junk
    problems: list[InputError] = []
    good = observation(id="good")
    (stay,) = read_bundle(bundle(good, spoilt), intake, problems.append, name="feed")
    assert "good" in {value.id for value in (*stay.observations, *stay.set_aside)}
    for problem in problems:
        assert str(problem).startswith("feed: entry[3].resource")
        assert "Wrenfeather" not in str(problem)
    default_scanner().scan(stay)


@settings(max_examples=60, deadline=None)
@given(st.recursive(_JUNK, lambda inner: st.lists(inner) | st.dictionaries(words, inner)))
def test_any_json_as_entries_is_read_or_refused_by_name(intake: Intake, junk: Any) -> None:
    problems: list[InputError] = []
    try:
        read_bundle({"resourceType": "Bundle", "entry": junk}, intake, problems.append)
    except InputError as error:
        problems.append(error)
    assert all(str(problem.field).startswith("entry") for problem in problems)
