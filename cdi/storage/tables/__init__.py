"""All tables, one file for each part of the product."""

from cdi.storage.tables.answering import HandoverRow, KeptAnswerRow
from cdi.storage.tables.base import Base, new_id
from cdi.storage.tables.charts import (
    EncounterRow,
    MedicationRow,
    NoteRow,
    ObservationRow,
    PatientRow,
)
from cdi.storage.tables.day_counts import DayCountRow, RecountRow
from cdi.storage.tables.deliveries import (
    DeliveryKind,
    DeliveryRow,
    DeliveryState,
    RequestRow,
    SubscriptionRow,
)
from cdi.storage.tables.diagnoses import DiagnosisRow
from cdi.storage.tables.events import ChainHeadRow, EventRow
from cdi.storage.tables.final_codes import FinalCodeRow
from cdi.storage.tables.findings import FindingHistoryRow, FindingRow
from cdi.storage.tables.intake import InboxRow, InboxState, RemarkRow
from cdi.storage.tables.letter_audits import LetterAuditRow, LetterJudgementRow
from cdi.storage.tables.people import (
    CareTeamRow,
    CoverRow,
    EmergencyRow,
    LoginAttemptRow,
    MembershipRow,
    ServiceTokenRow,
    SessionRow,
    UsedLinkRow,
    UserRow,
)
from cdi.storage.tables.places import FacilityRow, PolicyRow
from cdi.storage.tables.queries import AnswerRow, LetterRow, QueryRow, QuestionRow, ResponseRow
from cdi.storage.tables.rules import RuleMuteRow
from cdi.storage.tables.worklists import AssignmentRow, LookRow, SavedFilterRow, SnoozeRow

__all__ = [
    "AnswerRow",
    "AssignmentRow",
    "Base",
    "CareTeamRow",
    "ChainHeadRow",
    "CoverRow",
    "DayCountRow",
    "DeliveryKind",
    "DeliveryRow",
    "DeliveryState",
    "DiagnosisRow",
    "EmergencyRow",
    "EncounterRow",
    "EventRow",
    "FacilityRow",
    "FinalCodeRow",
    "FindingHistoryRow",
    "FindingRow",
    "HandoverRow",
    "InboxRow",
    "InboxState",
    "KeptAnswerRow",
    "LetterAuditRow",
    "LetterJudgementRow",
    "LetterRow",
    "LoginAttemptRow",
    "LookRow",
    "MedicationRow",
    "MembershipRow",
    "NoteRow",
    "ObservationRow",
    "PatientRow",
    "PolicyRow",
    "QueryRow",
    "QuestionRow",
    "RecountRow",
    "RemarkRow",
    "RequestRow",
    "ResponseRow",
    "RuleMuteRow",
    "SavedFilterRow",
    "ServiceTokenRow",
    "SessionRow",
    "SnoozeRow",
    "SubscriptionRow",
    "UsedLinkRow",
    "UserRow",
    "new_id",
]
