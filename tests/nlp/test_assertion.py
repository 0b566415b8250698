"""Sentences with their mentions marked; the tag is the assertion, or a certainty for doubt."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi import resources
from cdi.domain.reading import Assertion, Certainty, Sentence
from cdi.nlp.assertion import AssertionReader, Claims, Verdict
from cdi.nlp.gate import Gate, HitColumns
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.sections import SectionReader
from cdi.nlp.sentences import split_sentences
from cdi.rules.language import load_cues
from cdi.rules.marked_text import read_marked
from cdi.rules.sections import load_sections

# What a tag expects: the assertion, and the certainty if the tag tells it.
TAGS = {
    "present": (Assertion.PRESENT, Certainty.STATED),
    "absent": (Assertion.ABSENT, None),
    "historical": (Assertion.HISTORICAL, None),
    "family": (Assertion.FAMILY, None),
    "hypothetical": (Assertion.HYPOTHETICAL, None),
    "possible": (Assertion.POSSIBLE, None),
    "probable": (Assertion.POSSIBLE, Certainty.PROBABLE),
    "workup": (Assertion.POSSIBLE, Certainty.WORKUP),
    "planned": (Assertion.HYPOTHETICAL, Certainty.WORKUP),
    "reported": (Assertion.PRESENT, Certainty.STATED),
    "given": (Assertion.PRESENT, Certainty.STATED),
    "withheld": (Assertion.PRESENT, None),
}

NEGATION = """
No <absent>pneumonia</absent>.
No <absent>CHF</absent>, <absent>PND</absent> or <absent>orthopnea</absent>.
No <absent>pneumonia</absent>; <present>CHF</present>.
No  evidence   of <absent>pulmonary  embolism</absent>.
There is no evidence of <absent>gout</absent>, <absent>lupus</absent>, nor <absent>edema</absent>.
Denies <absent>chest pain</absent> but admits to <present>dyspnea</present>.
Denies <absent>fever</absent>, <absent>cough</absent>, and <absent>rash</absent>.
She has neither <absent>fever</absent> nor <absent>cough</absent>.
Lungs clear without <absent>wheezes</absent>, <absent>rales</absent> or <absent>rhonchi</absent>.
Without any sign of <absent>infection</absent>.
CT negative for <absent>stroke</absent>.
Blood cultures are negative for <absent>bacteremia</absent>.
Stool studies have been negative for <absent>C. difficile</absent>.
ROS is -ve for <absent>melena</absent> (frank or occult), <absent>syncope</absent>.
<absent>Pneumonia</absent> was ruled out.
<absent>Pulmonary embolism</absent> has been ruled out by CT.
<present>Chest pain</present>, <absent>infarction</absent> ruled out, <present>UTI</present>.
<absent>MI</absent>, <absent>PE</absent> and <absent>dissection</absent> were ruled out.
He ruled out for <absent>myocardial infarction</absent>.
<absent>DVT</absent>: negative.
<absent>Fever</absent>: none.
<absent>Chest pain</absent>: Denies.
Hypertension: <present>stable</present>. <absent>Diabetes</absent>: no.
<present>NECK</present>: No <absent>bruits</absent>.
<present>Edema</present>: No <absent>clubbing</absent> or <absent>cyanosis</absent>.
<absent>Homans sign</absent> negative.
Rule out <absent>sepsis</absent>, was negative.
Absence of <absent>edema</absent>.
The abdomen is free of <absent>masses</absent>.
The film fails to reveal <absent>consolidation</absent>.
CT did not show <absent>hemorrhage</absent>.
The scan didn't demonstrate any <absent>abscess</absent>.
He never had <absent>seizures</absent>.
She has never had a <absent>stroke</absent> or <absent>TIA</absent>.
The heart is unremarkable for <absent>murmur</absent>.
He is not in <absent>heart failure</absent>.
He is not septic and has <present>cellulitis</present>.
She does not have <absent>diabetes</absent> or <absent>asthma</absent>.
He doesn't have <absent>COPD</absent>.
I do not suspect <absent>meningitis</absent>.
<absent>Pneumonia</absent> is unlikely.
Unlikely to be <absent>sepsis</absent>.
<absent>Effusion</absent> is not seen.
<absent>Rales</absent> and <absent>rhonchi</absent> are absent.
This is <present>atelectasis</present> rather than <absent>pneumonia</absent>.
Low suspicion for <absent>PE</absent>.
Nothing to suggest <absent>meningitis</absent>.
She is <absent>seizure</absent>-free.
No <absent>murmur</absent> except <present>edema</present> of both legs.
No <absent>fever</absent>, however he has <present>cough</present>.
No <absent>fever</absent>, his <present>hypertension</present> is stable.
No <absent>chest pain</absent>, positive for <present>dyspnea</present>.
No <absent>rales</absent>, <absent>rhonchi</absent> are heard.
No <absent>murmur</absent>, mild <present>edema</present>.
(No <absent>fever</absent>) <present>cough</present>.
Alert, no <absent>distress</absent>, and is <present>tachycardic</present>.
No <absent>chest pain</absent> which is unlike his <present>angina</present>.
No <absent>history of stroke</absent>.
No history of <absent>CHF</absent> who presents with <present>dyspnea</present>.
The <present>rash</present> has no tenderness.
No change in <present>edema</present>, <absent>fever</absent> or <absent>chills</absent>.
Denies <absent>change in sleep</absent>.
No increase in <present>creatinine</present>.
No further <absent>bleeding</absent>.
No residual deficits from <present>stroke</present>.
No clear source of the <present>fever</present>.
No treatment for <present>hepatitis C</present>.
No complications of <present>diabetes</present>.
<present>Hypertension</present>, not well controlled.
Not only <present>anemia</present> but <present>thrombocytopenia</present>.
Patient cannot tolerate <present>edema</present> of her legs.
He is not taking insulin for <present>diabetes</present>.
She was not <present>febrile</present> until Monday.
Tolerated well without difficulty, <present>COPD</present>.
<present>Gram-negative sepsis</present>.
<present>Triple negative breast cancer</present>.
<present>Failure to thrive</present> and <present>anemia</present>.
<present>No-reflow phenomenon</present> and <present>MI</present>.
<present>Absence seizures</present> and <present>migraine</present>.
Risks include but are not limited to <hypothetical>bleeding</hypothetical>.
NO <absent>ACUTE FRACTURE</absent>, <absent>DISLOCATION</absent> OR <absent>EFFUSION</absent>.
He noted <present>dyspnea</present>, no <absent>cough</absent>, no <absent>fever</absent>.
<present>Syncope</present> without warning.
<present>Pneumonia</present>, cultures negative.
<present>Pneumonia</present> with cultures negative.
Not <absent>septic</absent>, has <present>pneumonia</present>.
No <absent>fever</absent> since yesterday, <present>cough</present> improved.
No acute <absent>ischemia</absent> on EKG, old <historical>infarct</historical>.
No acute exacerbation of <present>COPD</present>.
I doubt <absent>PE</absent>.
He has not quit <present>smoking</present>.
Tylenol No. 3 for <present>back pain</present>.
"""

DOUBT = """
Probable <probable>pneumonia</probable>.
Likely <probable>sepsis</probable>.
Suspected <probable>UTI</probable>.
Presumed <probable>aspiration</probable>.
Findings consistent with <probable>CHF</probable>.
Most compatible with <probable>pneumonia</probable>.
<probable>Stroke</probable>, likely.
<probable>Pulmonary edema</probable>, probable.
Possible <workup>pneumonia</workup>.
Questionable <workup>sepsis</workup>.
Question of <workup>cirrhosis</workup>.
<workup>Sepsis</workup> vs <workup>pancreatitis</workup>.
<workup>CHF</workup> versus <workup>pneumonia</workup>.
Rule out <workup>MI</workup>.
Chest pain, r/o <workup>PE</workup>, <workup>dissection</workup>.
Cannot exclude <workup>abscess</workup>.
Cannot rule out <workup>pneumonia</workup>.
<workup>Pneumonia</workup> cannot be ruled out.
<workup>PE</workup> was not ruled out.
Not ruled out: <workup>endocarditis</workup>.
?<workup>CHF</workup>
<present>Dyspnea</present> ?<workup>CHF</workup>.
<workup>Pneumonia</workup>?
Concern for <workup>sepsis</workup>.
There is concern that this is <workup>meningitis</workup>.
Differential includes <workup>stroke</workup>, <workup>gout</workup> and <workup>lupus</workup>.
This may be <workup>lupus</workup>.
It could represent <workup>lymphoma</workup>.
No definite <workup>infiltrate</workup>.
<workup>Depression</workup>, possibly.
MRI to rule out <planned>osteomyelitis</planned>.
CT to evaluate for <planned>stroke</planned>.
Doppler to assess for <planned>DVT</planned>.
Will rule out <planned>MI</planned>.
Possible <workup>pneumonia</workup>, <present>diabetes</present>, <present>CHF</present>.
Likely <probable>pneumonia</probable>; <present>CHF</present> stable.
Likely discharge tomorrow, <present>CHF</present> improved.
Discharge as soon as possible, <present>pneumonia</present> is better.
<present>Pneumonia</present>, may be discharged home.
<present>Asthma</present>; questions were answered about <present>eczema</present>.
No <absent>suspected sepsis</absent>.
<workup>PE</workup> is less likely.
Fever, likely secondary to <workup>pneumonia</workup> vs <workup>UTI</workup>.
<present>Anemia</present>, likely due to <probable>GI bleed</probable>, stable.
<absent>UTI</absent> ruled out, <probable>sepsis</probable> likely.
"""

HISTORY = """
She has an extensive <historical>psychiatric history</historical>.
<historical>Cardiac history</historical> and <present>chest pain</present>.
<present>Patient</present> with a <historical>medical history</historical>.
<present>Cardiac</present> exam is normal.
History of <historical>CHF</historical>.
H/o <historical>CHF</historical>, <historical>COPD</historical>, <historical>DM</historical>.
Hx of <historical>stroke</historical> and <historical>MI</historical>.
Past medical history significant for <historical>gout</historical>, <historical>COPD</historical>.
A man with a history of <historical>CAD</historical> who presents with <present>syncope</present>.
History of <historical>AF</historical>, now with <present>stroke</present>.
S/p <historical>MI</historical>, <present>diabetes</present>.
Status post <historical>stroke</historical> with <present>hemiparesis</present>.
Previous <historical>MI</historical>.
Prior <historical>DVT</historical>, <present>obesity</present>.
Old <historical>infarct</historical>.
Remote <historical>pneumonia</historical>.
Childhood <historical>asthma</historical>.
<historical>Pneumonia</historical> in 2009.
<historical>MI</historical> in March of 2004.
<historical>GI bleed</historical> in July 2001.
In 2009 he had <historical>pneumonia</historical> and <historical>PE</historical>.
In March of 2005, he had an <historical>MI</historical>.
Hospitalized in 1998 for <historical>pancreatitis</historical>.
<historical>Pneumonia</historical> two years ago.
Treated for <historical>pneumonia</historical> last month.
<historical>Seizures</historical> as a child.
<historical>Anemia</historical> in the past.
He used to have <historical>asthma</historical>.
She no longer has <historical>seizures</historical>.
Previously treated for <historical>hepatitis C</historical>.
Recently admitted with <historical>pneumonia</historical>.
<historical>Seizure</historical> history.
<historical>Tobacco</historical>: quit in 1998.
No previous <absent>MI</absent>.
No prior history of <absent>seizures</absent> or <absent>stroke</absent>.
Possible old <historical>MI</historical>.
Questionable history of <historical>kidney stones</historical>.
<historical>Pneumonia</historical> in 2003, <present>asthma</present>.
<present>Diabetes</present> since 1985.
<present>Obesity</present> since the age of 8.
Two-day history of <present>fever</present> and <present>cough</present>.
History of present illness: <present>sepsis</present>.
A 3-week history of <present>dyspnea</present>.
<present>Dyspnea</present> over the past three days.
<present>Edema</present> for the last 2 weeks.
<present>Chest pain</present> in the past 24 hours.
An 80-year-old man with <present>CHF</present>.
<present>Cellulitis</present> prior to admission.
Previously healthy boy with <present>meningitis</present>.
<present>Cardiomegaly</present> unchanged from prior.
Prior echo, <present>CHF</present>.
History and physical: <present>pneumonia</present>.
History was obtained from the wife, <present>dementia</present>.
Heparin 2000 units for <present>DVT</present>.
<present>Pneumonia</present> on 03/04/2009.
<historical>MI</historical> (2003), <present>asthma</present>.
Hx <historical>DVT</historical>.
<present>CAD</present> with <historical>MI</historical> in 1995.
Diagnosed with <historical>diabetes</historical> in 2005.
She agrees to quit <present>smoking</present>.
<present>AKI</present>, resolved.
"""

FAMILY = """
Mother had <family>diabetes</family>.
Father with <family>MI</family> and <family>stroke</family>.
Family history of <family>colon cancer</family>, <family>diabetes</family>.
FHx of <family>CAD</family>.
His father died of <family>lung cancer</family>.
<family>Breast cancer</family> in her maternal aunt.
<family>Diabetes</family> runs in the family.
Brother: <family>melanoma</family>.
No family history of <absent>CAD</absent>.
Father had a history of <family>stroke</family>.
Mother reports patient has <present>diabetes</present>.
Mother states that he has <present>pneumonia</present>.
Her mother noticed <present>jaundice</present>.
Wife reports <present>confusion</present>.
Lives with his wife and has <present>COPD</present>.
Per daughter, <present>dementia</present> is worse.
Accompanied by his mother, <present>asthma</present>.
The family was told of the <present>stroke</present>.
Husband has <family>flu</family>; she has <present>cough</present>.
Mother had <family>lupus</family>, the patient has <present>asthma</present>.
"""

HYPOTHETICAL = """
Return if <hypothetical>fever</hypothetical>, <hypothetical>chest pain</hypothetical>.
Return to the ER for <hypothetical>dyspnea</hypothetical> or <hypothetical>bleeding</hypothetical>.
Call for any <hypothetical>fever</hypothetical>.
Call your doctor with worsening <hypothetical>edema</hypothetical>.
Should he develop <hypothetical>sepsis</hypothetical>, start fluids.
If she has <hypothetical>seizures</hypothetical>, call us.
At risk for <hypothetical>aspiration</hypothetical>.
High risk of <hypothetical>stroke</hypothetical>.
<hypothetical>DVT</hypothetical> prophylaxis.
<hypothetical>Deep vein thrombosis</hypothetical> prophylaxis for now.
GI and <hypothetical>DVT</hypothetical> prophylaxis with heparin.
Prophylaxis for <hypothetical>DVT</hypothetical>.
<hypothetical>Fall</hypothetical> risk.
<hypothetical>Seizure</hypothetical> precautions.
<hypothetical>Aspiration</hypothetical> precautions.
Aspirin to prevent <hypothetical>stroke</hypothetical>.
Screen for <hypothetical>diabetes</hypothetical>.
In case of <hypothetical>hypoglycemia</hypothetical>.
Monitor for <hypothetical>bleeding</hypothetical>.
Watch for <hypothetical>withdrawal</hypothetical>.
Discussed risks including <hypothetical>infection</hypothetical>, <hypothetical>MI</hypothetical>.
<hypothetical>Pneumonia</hypothetical> vaccine given.
This drug may cause <hypothetical>anemia</hypothetical>.
Patients with <hypothetical>diabetes</hypothetical> need eye exams.
If <hypothetical>fever</hypothetical> recurs, we will treat the <present>pneumonia</present> again.
Heparin for DVT prophylaxis; <present>pneumonia</present> improving.
As if to mock his <present>CHF</present>.
Morphine if needed for <present>angina</present>.
Even if <present>obese</present>, he exercises.
The patient's <present>diabetes</present> is stable.
Return to clinic next week, <present>CHF</present> stable.
Call light in reach, <present>dementia</present>.
<hypothetical>DVT</hypothetical>/<hypothetical>PE</hypothetical> prophylaxis.
Discussed the risks, including <hypothetical>stroke</hypothetical>.
He had complications including <present>stroke</present>.
Risk factors for <hypothetical>CAD</hypothetical> include <present>diabetes</present>.
Risk factors include <present>diabetes</present> and <present>smoking</present>.
High risk of <hypothetical>bleeding</hypothetical> given <present>cirrhosis</present>.
Aspirin to prevent <hypothetical>stroke</hypothetical> in <present>atrial fibrillation</present>.
Monitor for <hypothetical>AKI</hypothetical> while treating his <present>cellulitis</present>.
Return of pulses with persistent <present>shock</present>.
"""

REPORTED = """
Chest x-ray showed <reported>infiltrate</reported>.
CT of the abdomen and pelvis revealed <reported>abscess</reported> and <reported>ascites</reported>.
EKG shows <reported>atrial fibrillation</reported>.
Echo demonstrates <reported>cardiomyopathy</reported>.
CXR: <reported>pneumonia</reported>.
Biopsy confirmed <reported>cirrhosis</reported>.
MRI was read as <reported>stroke</reported>.
<reported>Cardiomegaly</reported> on chest x-ray.
There is <reported>atelectasis</reported> by CT.
EKG with <reported>ST depression</reported>.
Given a chest x-ray, <present>pneumonia</present> was treated.
The patient showed <present>confusion</present>.
Examination revealed <present>edema</present>.
<present>CHF</present>; echo tomorrow.
CT showed <reported>colitis</reported>; he has <present>diarrhea</present>.
Admitted with <present>sepsis</present>, x-ray pending.
"""

PLAIN = """
<present>Pneumonia</present>.
Acute on chronic <present>systolic heart failure</present>.
The patient was admitted with <present>sepsis</present> due to <present>UTI</present>.
She has <present>diabetes</present> and <present>hypertension</present>.
<present>AKI</present> on <present>CKD</present>.
Continue Lasix for <present>CHF</present>.
<present>Anemia</present> requiring transfusion.
Found to have <present>hyponatremia</present>.
Treated for <present>pneumonia</present> with ceftriaxone.
<present>COPD</present> exacerbation, <present>hypoxia</present> and <present>delirium</present>.
The knee shows <present>effusion</present>.
Known <present>CAD</present>.
Complains of <present>chest pain</present>.
Ongoing <present>alcohol abuse</present>.
"""

CASES = [
    line
    for block in (NEGATION, DOUBT, HISTORY, FAMILY, HYPOTHETICAL, REPORTED, PLAIN)
    for line in block.strip().splitlines()
]
PACK = load_cues(resources.models() / "language")


@pytest.fixture(scope="module")
def reader() -> AssertionReader:
    return AssertionReader(PACK)


@pytest.fixture(scope="module")
def gate(reader: AssertionReader) -> Gate:
    return Gate(reader.patterns())


def cue_hits(gate: Gate, text: str) -> HitColumns:
    (found,) = gate.deal(JoinedTexts([text]))[0].by_text()
    return found


Read = Callable[[str], list[tuple[str, str, Verdict]]]


@pytest.fixture(scope="module")
def read(reader: AssertionReader, gate: Gate) -> Read:
    """Read a marked text of one sentence: words, tag and verdict of each mention."""

    def read_one(marked: str) -> list[tuple[str, str, Verdict]]:
        text, spans = read_marked(marked)
        sentence = Sentence(0, len(text), 0)
        targets = [(span.start, span.end) for span in spans]
        verdicts = reader.read(Claims(text, [sentence], (), cue_hits(gate, text), targets))
        return [
            (text[span.start : span.end], span.tag, verdict)
            for span, verdict in zip(spans, verdicts, strict=True)
        ]

    return read_one


@pytest.fixture(scope="module")
def read_note(reader: AssertionReader, gate: Gate) -> Read:
    """Read a marked text of any length, split into sections and sentences."""
    sections = SectionReader(load_sections(resources.models() / "language" / "sections.yaml"))

    def read_whole(marked: str) -> list[tuple[str, str, Verdict]]:
        text, spans = read_marked(marked)
        targets = [(span.start, span.end) for span in spans]
        found = sections.read(text)
        sentences = split_sentences(text, found)
        verdicts = reader.read(Claims(text, sentences, found, cue_hits(gate, text), targets))
        return [
            (text[span.start : span.end], span.tag, verdict)
            for span, verdict in zip(spans, verdicts, strict=True)
        ]

    return read_whole


def assert_as_marked(found: list[tuple[str, str, Verdict]]) -> None:
    assert found
    for words, tag, verdict in found:
        assertion, certainty = TAGS[tag]
        assert verdict.judgement.assertion is assertion, (words, verdict)
        assert certainty in {None, verdict.judgement.certainty}, (words, verdict)
        if tag in {"present", "reported"}:
            assert verdict.reported is (tag == "reported"), (words, verdict)
        if tag in {"given", "withheld"}:
            assert (verdict.withheld is not None) is (tag == "withheld"), (words, verdict)


@pytest.mark.parametrize("marked", CASES)
def test_a_sentence_is_read_as_marked(marked: str, read: Read) -> None:
    assert_as_marked(read(marked))


@pytest.mark.parametrize("marked", PACK.examples)
def test_the_examples_of_the_cue_files_hold(marked: str, read: Read) -> None:
    assert_as_marked(read(marked))


def test_half_of_the_cases_are_silent() -> None:
    silent = sum("<present>" in case for case in CASES)
    assert len(CASES) >= 150
    assert silent >= 0.4 * len(CASES)


@pytest.mark.parametrize(
    ("marked", "ended"),
    [
        ("History of <historical>COPD</historical>.", False),
        ("S/p <historical>stroke</historical>.", False),
        ("<historical>Diabetes</historical>, diagnosed in 1998.", False),
        ("<historical>Asthma</historical> as a child.", True),
        ("Remote history of <historical>seizures</historical>.", True),
        ("History of <historical>depression</historical> in the past.", True),
        ("She no longer has <historical>asthma</historical>.", True),
        ("Diagnosed with <historical>diabetes</historical> in 2005.", False),
        ("<historical>Pneumonia</historical> in 2005.", True),
        ("<present>Asthma</present>.", False),
    ],
)
def test_what_is_over_differs_from_what_was_known_before(
    marked: str, ended: bool, read: Read
) -> None:
    found = read(marked)
    assert_as_marked(found)
    assert [verdict.ended for _, _, verdict in found] == [ended]


@pytest.mark.parametrize(
    "marked",
    [
        # A cue at the end of a line speaks of the list below it.
        "Denies:\n- <absent>fever</absent>\n- <absent>cough</absent>\n\n<present>Anemia</present>.",
        "No history of:\n- <absent>CHF</absent>\n- <absent>COPD</absent>\n",
        "Denies the following:\n1. <absent>fever</absent>\n2. <absent>cough</absent>\n",
        "Return to the ER for any of the following:\n* <hypothetical>fever</hypothetical>\n"
        "* <hypothetical>bleeding</hypothetical>\n",
        "She denies\n- <absent>fever</absent>\n- <absent>syncope</absent>\n",
        "History of:\n- <historical>stroke</historical>\n- <historical>gout</historical>\n",
        "Possible:\n- <present>stroke</present>\n",
        "He has:\n- <present>stroke</present>\n- <present>gout</present>\n",
        "Denies fever. Active problems:\n- <present>CHF</present>\n- <present>gout</present>\n",
        "Denies:\n- <absent>fever</absent>. Has <present>cough</present>.\n",
        "Denies:\n- <absent>fever</absent>\nThe patient was brought in for a long talk about his "
        "<present>anemia</present>.\n",
        # A list broken at a comma runs on in the next line.
        "Denies <absent>fever</absent>,\n<absent>cough</absent> or <absent>rash</absent>.\n",
        "Denies <absent>fever</absent>.\n<present>Cough</present>.\n",
        # A line that ends with its negation says nothing of the next line.
        "<absent>Fever</absent>: none\n<present>Cough</present>: yes\n",
        "<absent>Fever</absent>: No\n<present>CHF</present>\n",
        "- Asthma - no\n- <present>CHF</present>\n",
    ],
)
def test_cues_carry_over_to_the_lines_they_introduce(marked: str, read_note: Read) -> None:
    assert_as_marked(read_note(marked))


@pytest.mark.parametrize(
    "marked",
    [
        "FAMILY HISTORY: <family>Diabetes</family> and <family>stroke</family>.",
        "FAMILY HISTORY: No <absent>diabetes</absent>.",
        "PAST MEDICAL HISTORY:\n1. <historical>Stroke</historical>\n2. <historical>MI</historical>",
        "PAST MEDICAL HISTORY:\n1. No <absent>stroke</absent>",
        "PAST MEDICAL HISTORY:\n1. Possible <historical>stroke</historical>",
        "PAST MEDICAL HISTORY: <historical>CHF</historical>\n\nPLAN: <present>Gout</present>.",
        "ALLERGIES: Penicillin causes <historical>anaphylaxis</historical>.",
        "REVIEW OF SYSTEMS: Denies <absent>cough</absent>. Reports <present>dyspnea</present>.",
        "ASSESSMENT AND PLAN:\n1. <present>CHF</present>, stable.\n2. <present>COPD</present>.",
        "DIFFERENTIAL DIAGNOSIS: <workup>Stroke</workup>, <workup>migraine</workup>.",
    ],
)
def test_a_section_gives_its_mentions_their_default(marked: str, read_note: Read) -> None:
    assert_as_marked(read_note(marked))


def test_mentions_of_an_imaging_section_are_reported(read_note: Read) -> None:
    found = read_note("CHEST X-RAY: <a>Infiltrate</a>.\n\nASSESSMENT: <b>Pneumonia</b>.")
    assert [verdict.reported for _, _, verdict in found] == [True, False]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("CT did not show pneumonia.", 16, 25), ("CXR negative for effusion.", 17, 25)],
)
def test_a_study_may_deny(
    text: str, start: int, end: int, reader: AssertionReader, gate: Gate
) -> None:
    sentence = [Sentence(0, len(text), 0)]
    [found] = reader.read(Claims(text, sentence, (), cue_hits(gate, text), [(start, end)]))
    assert (found.judgement.assertion, found.reported) == (Assertion.ABSENT, True)


def test_a_verdict_points_at_the_cue_in_its_sentence(reader: AssertionReader, gate: Gate) -> None:
    text = "Afebrile. No evidence of sepsis or CHF."
    start, end = 10, len(text)
    sentences = [Sentence(0, start - 1, 0), Sentence(start, end, 0)]
    found = reader.read(Claims(text, sentences, (), cue_hits(gate, text), [(25, 31), (35, 38)]))
    judged = [verdict.judgement for verdict in found]
    assert [j.assertion for j in judged] == [Assertion.ABSENT, Assertion.ABSENT]
    assert text[judged[0].cue_start : judged[0].cue_end] == "No"


def test_targets_are_judged_in_the_order_given(reader: AssertionReader, gate: Gate) -> None:
    text = "No fever but cough."
    sentence = [Sentence(0, len(text), 0)]
    found = reader.read(
        Claims(text, sentence, (), cue_hits(gate, text), [(13, 18), (3, 8), (9, 12)])
    )
    assert [v.judgement.assertion.value for v in found] == ["present", "absent", "present"]


def test_nested_and_equal_targets_are_judged_each_for_itself(
    reader: AssertionReader, gate: Gate
) -> None:
    text = "No acute renal failure, no dialysis for no-reflow."
    sentence = [Sentence(0, len(text), 0)]
    targets = [(3, 22), (9, 22), (9, 22), (40, 49)]
    found = reader.read(Claims(text, sentence, (), cue_hits(gate, text), targets))
    assert [v.judgement.assertion.value for v in found] == [
        "absent",
        "absent",
        "absent",
        "absent",
    ]


def test_a_cue_inside_a_longer_mention_still_speaks_of_the_mention_within_it(
    reader: AssertionReader, gate: Gate
) -> None:
    text = "No evidence of ischemia, pneumonia."
    sentence = [Sentence(0, len(text), 0)]
    whole, inner, outside = (0, 23), (15, 23), (25, 34)
    found = reader.read(Claims(text, sentence, (), cue_hits(gate, text), [whole, inner, outside]))
    assert [v.judgement.assertion.value for v in found] == ["present", "absent", "present"]


@pytest.mark.parametrize(
    ("year", "expected"), [(None, "historical"), (2012, "historical"), (2009, "present")]
)
def test_a_year_is_past_only_before_the_year_of_the_note(
    year: int | None, expected: str, reader: AssertionReader, gate: Gate
) -> None:
    text = "Pneumonia in 2009."
    sentence = [Sentence(0, len(text), 0)]
    [found] = reader.read(Claims(text, sentence, (), cue_hits(gate, text), [(0, 9)], year))
    assert found.judgement.assertion.value == expected


def test_a_reader_survives_pickling(reader: AssertionReader, gate: Gate) -> None:
    text = "Denies fever."
    copy = pickle.loads(pickle.dumps(reader))
    sentence = [Sentence(0, len(text), 0)]
    [found] = copy.read(Claims(text, sentence, (), cue_hits(gate, text), [(7, 12)]))
    assert found.judgement.assertion is Assertion.ABSENT


def test_a_huge_sentence_of_cues_and_mentions_is_read_to_its_end(
    reader: AssertionReader, gate: Gate
) -> None:
    text = "no fever which was ruled out, " * 4_000
    targets = [(at * 30 + 3, at * 30 + 8) for at in range(4_000)]
    sentence = [Sentence(0, len(text), 0)]
    verdicts = reader.read(Claims(text, sentence, (), cue_hits(gate, text), targets))
    assert {verdict.judgement.assertion.value for verdict in verdicts} == {"absent"}


def test_a_cue_that_ends_inside_the_only_mention_of_a_sentence_speaks_of_it(
    reader: AssertionReader, gate: Gate
) -> None:
    text = "She never had a seizure."
    (verdict,) = reader.read(
        Claims(text, split_sentences(text, ()), (), cue_hits(gate, text), [(10, len(text) - 1)])
    )
    assert verdict.judgement.assertion is Assertion.ABSENT


def test_lists_of_open_cues_do_not_pile_up(reader: AssertionReader, gate: Gate) -> None:
    for line in ("- no\n", "no,\n", "Denies:\n- history of:\n"):
        text = line * 500 + "fever"
        carried = reader.read(
            Claims(
                text,
                split_sentences(text, ()),
                (),
                cue_hits(gate, text),
                [(len(text) - 5, len(text))],
            )
        )
        assert len(carried) == 1


CUES = "no;denies;ruled out;history of;mother had;if;possible;vs;in 2009;in the past;negative;risk"
OTHERS = "fever;CHF;edema;but;not;until;x-ray;showed;change"
SIGNS = ["\n\n", "\u0130", *"?,:;()-.\n \u2019"]
WORDS = st.sampled_from([*CUES.split(";"), *OTHERS.split(";"), *SIGNS])


@given(st.lists(WORDS, max_size=40), st.data())
@settings(max_examples=150, deadline=None)
def test_any_text_and_spans_are_judged_with_cues_inside_the_text(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    place = st.integers(0, len(text))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(place, place)))]
    hits, sentences = cue_hits(PROPERTY_GATE, text), split_sentences(text, ())
    verdicts = PROPERTY_READER.read(Claims(text, sentences, (), hits, spans))
    assert len(verdicts) == len(spans)
    for (start, end), verdict in zip(spans, verdicts, strict=True):
        cue = verdict.judgement
        assert 0 <= cue.cue_start <= cue.cue_end <= len(text)
        if cue.cue_start < cue.cue_end:
            assert cue.cue_end <= start or end <= cue.cue_start


@given(st.lists(WORDS, max_size=40), st.data())
@settings(max_examples=150, deadline=None)
def test_words_that_name_nothing_change_no_verdict_of_others(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    found = [match.span() for match in re.finditer(r"\w+", text)] or [(0, len(text))]
    pairs = st.tuples(st.sampled_from(found), st.sampled_from(found)).map(sorted)
    spans = pairs.map(lambda pair: (pair[0][0], pair[1][1]))
    names, others = (data.draw(st.lists(spans, max_size=5, unique=True)) for _ in range(2))
    hits, sentences = cue_hits(PROPERTY_GATE, text), split_sentences(text, ())

    def read(targets: list[tuple[int, int]]) -> list[Verdict]:
        return PROPERTY_READER.read(Claims(text, sentences, (), hits, targets, names=names))

    alone = [read([*names, other])[-1] for other in others]
    assert read([*names, *others]) == read(names) + alone


@given(st.lists(WORDS, min_size=1, max_size=40), st.data())
@settings(max_examples=150, deadline=None)
def test_within_a_sentence_each_cue_lies_in_that_sentence(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    end = data.draw(st.integers(1, len(text)))
    start = data.draw(st.integers(0, end - 1))
    place = st.integers(start, end)
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(place, place)))]
    columns = cue_hits(PROPERTY_GATE, text).columns
    inside = HitColumns(columns[:, (start <= columns[1]) & (columns[2] <= end)])
    for verdict in PROPERTY_READER.read(Claims(text, [Sentence(start, end, 0)], (), inside, spans)):
        cue = verdict.judgement
        assert start <= cue.cue_start <= cue.cue_end <= end


PROPERTY_READER = AssertionReader(PACK)
PROPERTY_GATE = Gate(PROPERTY_READER.patterns())


def test_a_cue_that_ends_in_one_target_leaves_another_of_its_own_words() -> None:
    text = "in the past no"
    hits, sentences = cue_hits(PROPERTY_GATE, text), split_sentences(text, ())
    wide, own = PROPERTY_READER.read(
        Claims(text, sentences, (), hits, [(3, 14), (7, 11)], names=())
    )
    assert wide.judgement.assertion is Assertion.HISTORICAL
    assert own.judgement.assertion is Assertion.PRESENT
