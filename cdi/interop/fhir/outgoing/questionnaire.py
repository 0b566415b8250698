"""The letter as a Questionnaire, its answer as a QuestionnaireResponse."""

from __future__ import annotations

from cdi.domain.letter import Indicator, LetterForm, OptionKind, Question
from cdi.domain.outgoing import QueryDocument, SignedAnswer
from cdi.domain.query import ENDED
from cdi.interop.fhir.outgoing.parts import (
    Json,
    clinician_reference,
    encounter_reference,
    identifier,
    moment,
    patient_reference,
    without_nothing,
)


def canonical(document: QueryDocument, base: str) -> str:
    """Return the canonical address of a letter, with its version."""
    return f"{base}/Questionnaire/{document.query}|{document.letter_revision}"


def questionnaire(document: QueryDocument, base: str) -> Json:
    """Return the letter: each question with its facts and options, none of them chosen.

    Codes stay behind: what is asked must not tell what an answer would be coded as.
    """
    url, version = canonical(document, base).split("|")
    return without_nothing(
        {
            "resourceType": "Questionnaire",
            "id": document.query,
            "identifier": identifier("questionnaire", document.query),
            "url": url,
            "version": version,
            "status": "retired" if document.state in ENDED else "active",
            "title": document.letter.subject,
            "subjectType": ["Encounter"],
            "date": moment(document.sent_at),
            "item": [_group(number, q) for number, q in enumerate(document.letter.questions, 1)],
        }
    )


def questionnaire_response(document: QueryDocument, base: str) -> Json | None:
    """Return the signed answer, None while there is none."""
    answer = document.answer
    if answer is None:
        return None
    return without_nothing(
        {
            "resourceType": "QuestionnaireResponse",
            "id": document.query,
            "identifier": identifier("answer", answer.id)[0],
            "questionnaire": canonical(document, base),
            "status": "completed",
            "subject": patient_reference(document.patient, document.facility),
            "encounter": encounter_reference(document.encounter, document.facility),
            "authored": moment(answer.signed_at),
            "author": clinician_reference(answer.signed_by),
            "item": [
                _answered(number, question, answer)
                for number, question in enumerate(document.letter.questions, 1)
            ],
        }
    )


def _group(number: int, question: Question) -> Json:
    facts = [_fact(f"{number}.fact{place}", f) for place, f in enumerate(question.indicators, 1)]
    comment = [_comment(number)] if question.options else []
    items = [*facts, _asked(number, question), *comment]
    return {"linkId": str(number), "type": "group", "text": question.topic, "item": items}


def _asked(number: int, question: Question) -> Json:
    asked: Json = {"linkId": f"{number}.answer", "text": question.stem, "required": True}
    if question.form is LetterForm.OPEN_ENDED or not question.options:
        return {**asked, "type": "text"}
    # `open-choice` brings a place for words of one's own by itself.
    listed = [o for o in question.options if o.kind is not OptionKind.OTHER]
    kind = "choice" if len(listed) == len(question.options) else "open-choice"
    options = [{"valueString": option.text} for option in listed]
    return {**asked, "type": kind, "answerOption": options}


def _comment(number: int) -> Json:
    text = "Comment (optional)"
    return {"linkId": f"{number}.words", "type": "text", "text": text, "required": False}


def _fact(link: str, fact: Indicator) -> Json:
    said = ", ".join(
        filter(
            None, (fact.source, f"{fact.recorded_at:%Y-%m-%d %H:%M}" if fact.recorded_at else "")
        )
    )
    return {
        "linkId": link,
        "type": "display",
        "text": f"{fact.text} ({said})" if said else fact.text,
    }


def _answered(number: int, question: Question, answer: SignedAnswer) -> Json:
    place, words = answer.chosen[number - 1]
    chosen = question.options[place] if place is not None else None
    own_words = chosen is None or chosen.kind is OptionKind.OTHER
    said = words if chosen is None or own_words else chosen.text
    items = [{"linkId": f"{number}.answer", "answer": [{"valueString": said}]}]
    if words and not own_words:
        items.append({"linkId": f"{number}.words", "answer": [{"valueString": words}]})
    return {"linkId": str(number), "item": items}
