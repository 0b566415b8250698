"""What the API takes and gives. Field by field, so that nothing leaves by accident."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cdi.domain.letter import OptionKind
from cdi.domain.query import CoderStatus, FindingState, PresentOnAdmission, QueryState
from cdi.domain.reasons import LONGEST_REMARK, DismissalReason, EndReason, OverrideReason

_Item = TypeVar("_Item")
_Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
_Remark = Annotated[str, StringConstraints(max_length=LONGEST_REMARK)]


class Body(BaseModel):
    """Base of what is taken: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid")


def example(value: dict[str, Any]) -> ConfigDict:
    """Return the configuration of a body with an example for the OpenAPI document."""
    return ConfigDict(extra="forbid", json_schema_extra={"example": value})


class Credentials(Body):
    """Login and password of a local account."""

    model_config = example({"login": "sam", "password": "…"})

    login: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class Password(Body):
    """The password, typed again before a signature."""

    model_config = example({"password": "…"})

    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class LogoutIn(BaseModel):
    """A logout token, signed by the identity provider."""

    model_config = ConfigDict(json_schema_extra={"example": {"logout_token": "eyJhbGciOi…"}})

    logout_token: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class SessionOut(BaseModel):
    """A session that was opened; the token is told once."""

    token: str
    user_id: str


class MeOut(BaseModel):
    """Who is logged in and what they may do where."""

    user_id: str
    name: str
    roles: dict[str, list[str]]
    confirmed_at: datetime


class ReceiptOut(BaseModel):
    """What was done: to what, and how that stands now."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    id: str
    version: int
    state: str
    made: list[str]


class PageOut(BaseModel, Generic[_Item]):
    """A page of a list; ``following`` is the ``cursor`` of the next one."""

    items: list[_Item]
    following: str | None = None


class FindingOut(BaseModel):
    """A finding: what is missing and why the rule spoke. Evidence is given by pointer."""

    id: str
    facility_id: str
    encounter_id: str
    state: FindingState
    reason: DismissalReason | None
    remark: str
    version: int
    raised_at: datetime
    seen_at: datetime
    condition: str
    type: str
    missing: list[str]
    priority: str
    evidence: list[dict[str, Any]]
    rule: str
    rule_version: int
    sentence: str
    names: dict[str, bool]


class QueryOut(BaseModel):
    """A query as lists show it; ``verbs`` can be done to it now."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    facility_id: str
    encounter_id: str
    state: QueryState
    version: int
    channel: str
    priority: str
    recipient_id: str | None
    owner_id: str
    conditions: list[str]
    verbs: list[str]
    created_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    end_reason: EndReason | None


class OptionOut(BaseModel):
    """One answer; a physician is never shown its code."""

    text: str
    kind: OptionKind
    code: str | None = None


class FactOut(BaseModel):
    """A fact of the record as quoted."""

    id: str
    text: str
    source: str
    recorded_at: datetime | None
    group: str


class QuestionOut(BaseModel):
    """One question with its facts and options, none of them chosen."""

    condition: str
    query_type: str
    form: str
    topic: str
    stem: str
    facts: list[FactOut]
    options: list[OptionOut]


class LetterOut(BaseModel):
    """A letter as it stands."""

    subject: str
    questions: list[QuestionOut]
    text: str
    html: str


class ViolationOut(BaseModel):
    """What a practice rule says of a letter."""

    model_config = ConfigDict(extra="allow")

    rule: str
    level: str = ""
    where: str = ""


class EventOut(BaseModel):
    """One line of the audit trail."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: datetime
    actor_id: str
    verb: str
    subject: str
    subject_id: str
    facility_id: str | None
    encounter_id: str | None
    detail: dict[str, Any]


class DiagnosisOut(BaseModel):
    """A clarified diagnosis with proposed codes, best first."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    facility_id: str
    encounter_id: str
    query_id: str
    condition: str
    wording: str
    outcome: str
    status: CoderStatus
    version: int
    proposals: list[dict[str, Any]]
    code: str | None
    poa: str | None
    remark: str
    created_at: datetime


class CodeImpactOut(BaseModel):
    """The severity level of a code by itself; what a principal diagnosis excludes is left out."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    level: str


class ImpactOut(BaseModel):
    """What a clarified diagnosis is worth, for coders and managers who are no physicians.

    ``codes`` are its own code or those proposed, as far as its rule offers them; ``categories``
    the HCCs that answers may bring; ``levels_by`` and ``categories_by`` the versions behind them.
    """

    model_config = ConfigDict(from_attributes=True)

    codes: list[CodeImpactOut]
    categories: list[str]
    levels_by: str
    categories_by: str


class QueryDetailOut(BaseModel):
    """A query with all that belongs to it; a physician gets no codes, remarks and history."""

    query: QueryOut
    letter: LetterOut
    pack_version: str
    violations: list[ViolationOut]
    override_reason: OverrideReason | None = None
    override_remark: str = ""
    end_remark: str = ""
    addendum: str
    answered_by: str
    diagnoses: list[DiagnosisOut]
    history: list[EventOut]


class DraftIn(Body):
    """What to ask about, and whom; by the facility's policy if nobody is named."""

    model_config = example(
        {"encounter_id": "0198f0c2a4d1", "finding_ids": ["0198f0c2b111", "0198f0c2b222"]}
    )

    encounter_id: _Id
    finding_ids: Annotated[list[_Id], Field(min_length=1, max_length=20)]
    recipient_id: Annotated[str, StringConstraints(max_length=64)] = ""


class OptionIn(Body):
    """An option as the specialist left it."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    kind: OptionKind


class QuestionIn(Body):
    """A question as the specialist left it; ``facts`` are ids of quoted facts that stay."""

    stem: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    options: Annotated[list[OptionIn], Field(max_length=30)]
    facts: Annotated[list[_Id], Field(max_length=60)]


class LetterIn(Body):
    """A letter as the specialist left it: every question, in order."""

    model_config = example(
        {
            "subject": "Clarification: cardiac function",
            "questions": [
                {
                    "stem": "Please clarify the type of heart failure being treated.",
                    "options": [
                        {"text": "Systolic heart failure", "kind": "diagnosis"},
                        {"text": "Other (please specify)", "kind": "other"},
                        {"text": "Unable to determine", "kind": "undetermined"},
                    ],
                    "facts": ["i1", "i2"],
                }
            ],
        }
    )

    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    questions: Annotated[list[QuestionIn], Field(min_length=1, max_length=20)]


class SendIn(Body):
    """``override``: why a letter is sent in spite of violations; for managers."""

    model_config = example({"override": "physician_advisor_agrees", "remark": ""})

    override: OverrideReason | None = None
    remark: _Remark = ""


class AnswerIn(Body):
    """The answer to one question: the number of an option, words, or both."""

    option: Annotated[int, Field(ge=0, le=30)] | None = None
    words: Annotated[str, StringConstraints(max_length=4000)] = ""


class AnswersIn(Body):
    """An answer to every question of a query, in order."""

    model_config = example(
        {"answers": [{"option": 0, "words": "LVEF 30 %"}, {"words": "ischemia"}]}
    )

    answers: Annotated[list[AnswerIn], Field(min_length=1, max_length=20)]


class ReasonIn(Body):
    """Why."""

    model_config = example({"reason": "documented in the meantime"})

    reason: _Reason


class DismissIn(Body):
    """Why a finding is put away; ``other`` needs a remark."""

    model_config = example({"reason": "not_relevant_to_this_stay", "remark": ""})

    reason: DismissalReason
    remark: _Remark = ""


class EndIn(Body):
    """Why a query ends; ``other`` needs a remark."""

    model_config = example({"reason": "asked_otherwise", "remark": "by telephone"})

    reason: EndReason
    remark: _Remark = ""


class RecipientIn(Body):
    """Whom to ask instead."""

    model_config = example({"recipient_id": "0198f0c2c333"})

    recipient_id: _Id


class CodeIn(Body):
    """The code that was given, and whether it was present on admission."""

    model_config = example({"code": "I50.23", "poa": "Y"})

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")]
    poa: PresentOnAdmission | None = None


class TokenIn(Body):
    """A machine and what it may do at one facility."""

    model_config = example(
        {
            "facility_id": "0198f0c2a4d1",
            "name": "coder export",
            "verbs": ["diagnosis.export"],
        }
    )

    facility_id: _Id
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    verbs: Annotated[list[str], Field(min_length=1, max_length=40)]
    days: Annotated[int, Field(ge=1, le=730)] = 365
    issuer: Annotated[str, StringConstraints(max_length=320)] | None = None
    jwks_url: Annotated[str, StringConstraints(max_length=400)] = ""


class NewTokenOut(BaseModel):
    """A token that was made; ``secret`` is told once and never kept."""

    id: str
    secret: str


class TokenOut(BaseModel):
    """A token of a machine as lists show it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    facility_id: str
    name: str
    verbs: list[str]
    issuer: str | None
    created_at: datetime
    created_by: str
    ends_at: datetime
    last_used_at: datetime | None


class SubscriptionIn(Body):
    """An address that is to hear of some topics of a facility."""

    model_config = example(
        {
            "facility_id": "0198f0c2a4d1",
            "address": "https://ehr.example.org/cdi",
            "topics": ["query.answered"],
        }
    )

    facility_id: _Id
    address: Annotated[str, StringConstraints(min_length=8, max_length=400)]
    topics: Annotated[list[str], Field(min_length=1, max_length=40)]


class NewSubscriptionOut(BaseModel):
    """A subscription whose secret was made; ``secret`` is told once."""

    id: str
    secret: str


class SubscriptionOut(BaseModel):
    """A subscription as lists show it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    facility_id: str
    address: str
    topics: list[str]
    created_at: datetime


class DeliveryOut(BaseModel):
    """A message of the outbox; ``id`` is its message id, ``error`` a code."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    facility_id: str
    query_id: str | None
    kind: str
    topic: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    error: str


class IssueOut(BaseModel):
    """A letter with an edit, and what is wrong with it; nothing was kept."""

    letter: LetterOut
    violations: list[ViolationOut]
    may_be_sent: bool


class TallyOut(BaseModel):
    """Counted queries: of those ``due``, ``in_time`` were answered before they were."""

    model_config = ConfigDict(from_attributes=True)

    sent: int
    answered: int
    due: int
    in_time: int
    mean_hours: float | None


class AnswerCountOut(BaseModel):
    """Questions about a condition with one outcome; "unanswered" for those without an answer."""

    condition: str
    outcome: str
    questions: int


class FiguresOut(BaseModel):
    """Figures of a time; hours are working hours of the recipients."""

    since: datetime
    until: datetime
    whole: TallyOut
    encounters_reviewed: int
    encounters_asked_about: int
    query_rate: float | None
    awaited: int
    turnaround_median_hours: int | None
    turnaround_p90_hours: int | None
    by: dict[str, dict[str, TallyOut]]
    answers: list[AnswerCountOut]
