"""Where the sections of a note begin and end."""

import json
import pickle
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.nlp.joined import JoinedTexts
from cdi.nlp.lines import unify_breaks
from cdi.nlp.sections import SectionReader
from cdi.resources import models
from cdi.rules.sections import load_sections


@pytest.fixture(scope="module")
def reader() -> SectionReader:
    return SectionReader(load_sections(models() / "language" / "sections.yaml"))


def parts(reader: SectionReader, text: str) -> list[tuple[str, str, str]]:
    """Return kind, heading and body of each section, stripped."""
    return [
        (kind, text[heading:start].strip(), text[start:end].strip())
        for kind, heading, start, end in reader.read(text)
    ]


def kinds(reader: SectionReader, text: str) -> list[str]:
    return [section.kind for section in reader.read(text)]


def test_an_empty_note_has_no_sections(reader: SectionReader) -> None:
    assert reader.read("") == ()


def test_a_note_without_headings_is_one_section_of_no_kind(reader: SectionReader) -> None:
    assert parts(reader, "Seen at noon. Doing well.") == [("", "", "Seen at noon. Doing well.")]


def test_white_space_before_the_first_heading_belongs_to_it(reader: SectionReader) -> None:
    (section,) = reader.read("\n\n  PLAN: rest")
    assert section == ("plan", 0, 10, 14)


@pytest.mark.parametrize(
    "text",
    [
        "PAST MEDICAL HISTORY: gout",
        "Past Medical History: gout",
        "past medical history: gout",
        "PMH: gout",
        "pmhx: gout",
        "PAST MEDICAL HISTORY\ngout",
        "Past medical history\n\ngout",
        "PAST MEDICAL HISTORY:\ngout",
        "PAST MEDICAL HISTORY:,gout",
        "PAST MEDICAL HISTORY (per daughter): gout",
        "PAST MEDICAL HISTORY - gout",
        "3. PAST MEDICAL HISTORY: gout",
        "IV. PAST MEDICAL HISTORY: gout",
        "## Past Medical History\ngout",
        "# Past Medical History\ngout",
        "**Past Medical History:** gout",
        "**Past Medical History**\ngout",
        "__PMH__\r\ngout",
        "  PMH:\tgout",
        "TRAVEL HISTORY AND PAST MEDICAL HISTORY: gout",
    ],
)
def test_a_heading_may_be_written_in_many_ways(reader: SectionReader, text: str) -> None:
    ((kind, _, body),) = parts(reader, text)
    assert (kind, body) == ("past_medical_history", "gout")


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("CC", "chief_complaint"),
        ("REASON FOR CONSULTATION", "chief_complaint"),
        ("Reason for Transfer", "chief_complaint"),
        ("HPI", "hpi"),
        ("S", "hpi"),
        ("PSHx", "past_surgical_history"),
        ("PREVIOUS CARDIAC HISTORY", "past_medical_history"),
        ("FH", "family_history"),
        ("FHx", "family_history"),
        ("Family and Social History", "family_history"),
        ("FAMILY AND GENETIC HISTORY", "family_history"),
        ("SH", "social_history"),
        ("NKDA", "allergies"),
        ("Home Meds", "medications"),
        ("MEDICATIONS AT THE NURSING HOME", "medications"),
        ("Scheduled Meds", "hospital_medications"),
        ("ROS", "review_of_systems"),
        ("VS", "vital_signs"),
        ("PE", "physical_exam"),
        ("O", "physical_exam"),
        ("Labs", "laboratory"),
        ("LABS 3/4", "laboratory"),
        ("Micro", "laboratory"),
        ("Data", "results"),
        ("CXR", "imaging"),
        ("CT ABDOMEN WITH CONTRAST", "imaging"),
        ("Echo", "imaging"),
        ("PATHOLOGY", "imaging"),
        ("Hospital Course", "hospital_course"),
        ("PROCEDURES PERFORMED", "procedures"),
        ("INDICATION", "indication"),
        ("A", "assessment"),
        ("IMP", "assessment"),
        ("IMPRESSION", "assessment"),
        ("A/P", "assessment_and_plan"),
        ("A&P", "assessment_and_plan"),
        ("Assessment & Plan", "assessment_and_plan"),
        ("Impression / Plan", "assessment_and_plan"),
        ("P", "plan"),
        ("RECS", "plan"),
        ("DISCHARGE DIAGNOSES", "diagnoses"),
        ("Principal Dx", "diagnoses"),
        ("DIAGNOSIS(ES)", "diagnoses"),
        ("Differential Diagnosis", "differential_diagnosis"),
        ("Discharge Instructions", "instructions"),
        ("F/U", "instructions"),
        ("DVT PPX", "prophylaxis"),
        ("Nutrition Assessment", "nutrition"),
        ("Immunizations", "health_maintenance"),
        ("DISPOSITION", "other"),
        ("CODE STATUS", "other"),
        ("SPIRITUAL CARE", "other"),
    ],
)
def test_a_heading_opens_its_kind(reader: SectionReader, heading: str, kind: str) -> None:
    assert kinds(reader, f"Seen today.\n{heading}: none of note.") == ["", kind]


def test_headings_inside_a_line_follow_the_end_of_a_sentence(reader: SectionReader) -> None:
    text = (
        "He is stable. PMH: CHF, DM. FH: mother with DM. "
        "PHYSICAL EXAMINATION: VITAL SIGNS: Pulse 78. LUNGS: Clear. A/P: CHF."
    )
    assert parts(reader, text) == [
        ("", "", "He is stable."),
        ("past_medical_history", "PMH:", "CHF, DM."),
        ("family_history", "FH:", "mother with DM."),
        ("physical_exam", "PHYSICAL EXAMINATION:", "VITAL SIGNS: Pulse 78. LUNGS: Clear."),
        ("assessment_and_plan", "A/P:", "CHF."),
    ]


def test_capitalised_words_are_a_heading_inside_a_line_when_they_are_several(
    reader: SectionReader,
) -> None:
    text = "He is stable. Family History: none. Lungs: clear."
    assert kinds(reader, text) == ["", "family_history"]


def test_a_word_that_concludes_is_a_heading_inside_a_paragraph(reader: SectionReader) -> None:
    text = "Lungs are clear. Assessment: Pneumonia. Plan: walk."
    assert kinds(reader, text) == ["", "assessment", "plan"]
    assert kinds(reader, "CT HEAD: A mass. Impression: Tumor.") == ["imaging"]
    assert kinds(reader, "He agreed to the plan: walk.") == [""]


def test_a_numbered_list_behind_results_assesses_where_nothing_else_does(
    reader: SectionReader,
) -> None:
    text = "PHYSICAL EXAM: Lungs clear.\nLABS: BNP 900.\n\n1. CHF.\n2. DM.\n"
    assert kinds(reader, text) == ["physical_exam", "laboratory", "assessment_and_plan"]
    assert kinds(reader, text + "IMPRESSION: As above.") == [
        "physical_exam",
        "laboratory",
        "assessment",
    ]
    assert kinds(reader, "CT CHEST\n\n1. Pneumonia.\n2. Emphysema.") == ["imaging_report"]


def test_words_of_doubt_in_capitals_are_no_heading(reader: SectionReader) -> None:
    assert kinds(reader, "RULE OUT: Pneumonia.\n\nThe film is clear.") == [""]


def test_a_gap_parts_headings_on_one_line(reader: SectionReader) -> None:
    assert kinds(reader, "CC: fall    HPI: slipped on ice") == ["chief_complaint", "hpi"]


@pytest.mark.parametrize(
    "text",
    [
        "The family history and the plan: see above.",
        "His labs: fine.",
        "We discussed the plan",
        "Seen with the team at 7:30 today",
        "Hypertension.",
        "Plan.",
        "P: 78",
        "a: yes",
        "CHF: stable",
        "WBC: 11.2",
        "- Allergies: seasonal",
        "3. Medications: reviewed",
        "He was stable on the way to\nmedications were then given.",
        "MR. A. STATED: no pain",
    ],
)
def test_these_are_no_headings(reader: SectionReader, text: str) -> None:
    assert kinds(reader, text) == [""]


def test_a_lower_case_line_is_a_heading_only_after_the_end_of_a_sentence(
    reader: SectionReader,
) -> None:
    assert kinds(reader, "He takes the usual\nmedications\nevery day") == [""]
    assert kinds(reader, "He is well.\nmedications\naspirin") == ["", "medications"]


def test_letters_of_a_soap_note_are_headings(reader: SectionReader) -> None:
    text = "S: no pain\nO: T 37, lungs clear\nP: 78\nA: CHF\nP: 1. Furosemide."
    assert parts(reader, text) == [
        ("hpi", "S:", "no pain"),
        ("physical_exam", "O:", "T 37, lungs clear\nP: 78"),
        ("assessment", "A:", "CHF"),
        ("plan", "P:", "1. Furosemide."),
    ]


@pytest.mark.parametrize("heading", ["REVIEW OF SYSTEMS", "PHYSICAL EXAM"])
def test_organ_systems_stay_in_the_section_they_stand_in(
    reader: SectionReader, heading: str
) -> None:
    text = (
        f"{heading}\nGENERAL: well\n• Cardiovascular: no pain\nExtremities\n"
        "No edema. GI: negative. HEMATOLOGIC/LYMPHATIC: normal\nSINUSES: normal\nPLAN: none"
    )
    assert len(kinds(reader, text)) == 2


def test_organ_systems_after_the_vital_signs_are_the_examination(reader: SectionReader) -> None:
    text = "ALLERGIES: none\nVITALS: BP 120/80. HEENT: normal.\nHeart: regular"
    assert parts(reader, text) == [
        ("allergies", "ALLERGIES:", "none"),
        ("vital_signs", "VITALS:", "BP 120/80."),
        ("physical_exam", "HEENT:", "normal.\nHeart: regular"),
    ]


def test_organ_systems_reopen_the_review_of_systems_after_a_detour(reader: SectionReader) -> None:
    text = "ROS\nHEENT: negative\nALLERGIES: none\nENDOCRINE: negative\nPE\nHEENT: normal"
    assert kinds(reader, text) == [
        "review_of_systems", "allergies", "review_of_systems", "physical_exam"
    ]  # fmt: skip


def test_an_organ_system_in_the_history_is_no_examination(reader: SectionReader) -> None:
    assert kinds(reader, "HPI: Fell at home.\nNeuro: no weakness since.") == ["hpi"]


@pytest.mark.parametrize(
    "problem",
    [
        "CHF:",
        "CONGESTIVE HEART FAILURE: better",
        "Congestive heart failure.",
        "Congestive heart failure",
        "1. CHF: better",
        "1. PNEUMONIA:",
        "# CHF",
        "## CHF",
        "PE: continue heparin\nPE: continue heparin",
        "2. PE: continue heparin",
        "CARDIOVASCULAR: stable",
        "Nutrition: tube feeds",
        "  Labs: creatinine 2.1",
        "- Labs: creatinine 2.1",
        "1. Gout. Labs: uric acid 9",
        "7. Medications: reviewed",
        "8. DVT PROPHYLAXIS: heparin",
        "9. DISPOSITION: home",
    ],
)
@pytest.mark.parametrize("heading", ["ASSESSMENT", "A/P", "Plan:"])
def test_a_problem_or_its_detail_ends_no_assessment(
    reader: SectionReader, heading: str, problem: str
) -> None:
    assert len(kinds(reader, f"{heading}\n1. Anemia, stable.\n{problem}\n3. Gout.")) == 1


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("DISPOSITION: home", "other"),
        ("Dispo: home", "other"),
        ("LABS: creatinine 2.1", "laboratory"),
        ("PPX: heparin", "prophylaxis"),
        ("Allergies: none", "allergies"),
        ("Discharge Medications\naspirin", "medications"),
    ],
)
def test_a_section_of_its_own_ends_an_assessment(
    reader: SectionReader, heading: str, kind: str
) -> None:
    assert kinds(reader, f"ASSESSMENT\n1. Anemia.\n\n{heading}") == ["assessment", kind]


def test_an_unlisted_heading_in_capitals_ends_a_section(reader: SectionReader) -> None:
    text = "FAMILY HISTORY: none\nPASTORAL VISIT: done\nstill the visit\nPLAN: rest"
    assert parts(reader, text) == [
        ("family_history", "FAMILY HISTORY:", "none"),
        ("other", "PASTORAL VISIT:", "done\nstill the visit"),
        ("plan", "PLAN:", "rest"),
    ]


@pytest.mark.parametrize("heading", ["PHYSICAL EXAM", "ROS", "LABS", "IMAGING", "ASSESSMENT"])
def test_an_unlisted_heading_stays_where_subheadings_are_the_norm(
    reader: SectionReader, heading: str
) -> None:
    assert len(kinds(reader, f"{heading}:\nSTRANGE SUBHEADING: text")) == 1


def test_an_unlisted_heading_without_colon_is_none(reader: SectionReader) -> None:
    assert kinds(reader, "FAMILY HISTORY: none\nPASTORAL VISIT\ndone") == ["family_history"]


def test_where_all_is_in_capitals_a_long_label_is_no_heading(reader: SectionReader) -> None:
    text = "HPI: FELL.\nTHE PATIENT STATES THE FOLLOWING: NO PAIN.\nPLAN: REST."
    assert kinds(reader, text) == ["hpi", "plan"]


def test_headings_of_a_text_without_line_breaks_are_found(reader: SectionReader) -> None:
    text = "PAST MEDICAL HISTORY:,1. Diabetes.,2. Gout.,MEDICATIONS:,1. Aspirin."
    assert parts(reader, text) == [
        ("past_medical_history", "PAST MEDICAL HISTORY:,", "1. Diabetes.,2. Gout.,"),
        ("medications", "MEDICATIONS:,", "1. Aspirin."),
    ]


def test_the_impression_of_a_report_is_the_reports(reader: SectionReader) -> None:
    text = "CT HEAD\nINDICATION: fall\nTECHNIQUE: axial\nFINDINGS: none\nIMPRESSION: no bleed"
    assert set(kinds(reader, text)) == {"imaging_report"}


def test_the_impression_after_an_imaging_result_is_the_physicians(reader: SectionReader) -> None:
    text = "CXR: congestion\nIMPRESSION: CHF"
    assert kinds(reader, text) == ["imaging", "assessment"]


def test_the_impression_of_a_report_without_title_is_the_reports(reader: SectionReader) -> None:
    text = "HISTORY: fall\nTECHNIQUE: axial\nFINDINGS: none\nIMPRESSION: no bleed"
    assert kinds(reader, text) == ["hpi", "imaging_report", "imaging_report"]


@pytest.mark.parametrize("before", ["PE: clear", "PROCEDURE: catheterization", "PMH: gout"])
@pytest.mark.parametrize("section", ["FINDINGS: none", "NUTRITION: by mouth"])
def test_the_impression_of_a_visit_is_the_physicians(
    reader: SectionReader, before: str, section: str
) -> None:
    text = f"{before}\nINDICATION: pain\n{section}\nIMPRESSION: Migraine"
    assert kinds(reader, text)[-1] == "assessment"


def test_findings_of_an_operation_are_no_imaging(reader: SectionReader) -> None:
    text = "PROCEDURE: appendectomy\nANESTHESIA: general\nFINDINGS: inflamed appendix"
    assert kinds(reader, text) == ["procedures", "procedures"]


def test_a_nursing_note_assesses_as_nursing(reader: SectionReader) -> None:
    text = "CCU NURSING NOTE\nNeuro: alert\nPMH: gout\nASSESSMENT: CHF"
    assert kinds(reader, text) == ["nursing", "past_medical_history", "nursing"]


@pytest.mark.parametrize("title", ["NURSING HOME VISIT", "CT SURGERY CONSULT", "PROGRESS NOTE"])
def test_a_providers_note_assesses_as_provider(reader: SectionReader, title: str) -> None:
    assert kinds(reader, f"{title}\nASSESSMENT: CHF")[-1] == "assessment"


def test_offsets_hold_for_every_kind_of_line_break(reader: SectionReader) -> None:
    for line_break in ("\n", "\r\n", "\r", "\u2028", "\x0b"):
        text = line_break.join(["HPI", "Fell.", "PLAN", "Rest."])
        assert parts(reader, text) == [("hpi", "HPI", "Fell."), ("plan", "PLAN", "Rest.")]


PIECES = st.sampled_from(
    ["HPI", "ROS", "PE:", "HEENT:", "A/P", "1.", "CHF:", "- ", "##", "**", "Plan:", "IMPRESSION:",
     "ODD ONE:", "Family History:", "stable.", ", ", ": ", "\n", "\n\n", "\r\n", "  ", "\t", "é",
     "\u200f", "S:", "P: 78", "(", ")"]
)  # fmt: skip


TEXTS = st.one_of(
    st.text(),
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=40).map("".join),
)


@settings(deadline=None)  # the first call compiles
@given(TEXTS)
def test_sections_cover_any_text_without_gap_or_overlap(reader: SectionReader, text: str) -> None:
    sections = reader.read(text)
    assert "".join(text[s.heading : s.end] for s in sections) == text
    assert all(s.heading <= s.start <= s.end for s in sections)
    assert all(a.end == b.heading for a, b in pairwise(sections))
    assert all(s.kind for s in sections[1:])
    assert reader.read(text) == sections


@settings(deadline=None)  # the first call compiles
@given(st.lists(TEXTS, max_size=5))
def test_many_texts_are_read_as_each_alone(reader: SectionReader, texts: list[str]) -> None:
    unified = list(map(unify_breaks, texts))
    assert reader.read_all(JoinedTexts(unified)) == list(map(reader.read, texts))


def test_a_reader_can_be_sent_to_another_process(reader: SectionReader) -> None:
    text = "HPI: fell.\nPLAN: rest."
    assert pickle.loads(pickle.dumps(reader)).read(text) == reader.read(text)


def test_real_notes_are_covered_and_mostly_known(reader: SectionReader, eval_dir: Path) -> None:
    known = total = 0
    with (eval_dir / "dev.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            sections = reader.read(text)
            assert "".join(text[s.heading : s.end] for s in sections) == text
            known += sum(s.end - s.heading for s in sections if s.kind not in ("", "other"))
            total += len(text)
    assert known / total > 0.9
