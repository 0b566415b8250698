"""What a facility decides: how long an answer may take, who is reminded, how much one is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cdi.domain.working_time import Schedule, parse_schedule


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a facility. Hours are working hours of the recipient.

    Attributes:
        zone: IANA time zone of the facility; days are counted in it.
        hours: working hours of recipients who have none of their own.
        holidays: days off.
        due_hours: within which an answer is expected.
        reminder_hours: after sending, one reminder each.
        escalate_hours: after sending, the query goes to ``escalate_to`` as well.
        expire_hours: after sending, an unanswered query ends.
        escalate_to: id of a user, for example the physician advisor; "" for nobody.
        most_per_day: questions to one physician in one day.
        signature_minutes: how old the confirmation of identity may be at signing.
        routing: whom to ask, first to last: author, attending, service.
    """

    zone: str = "UTC"
    hours: str = "Mon-Fri 08:00-17:00"
    holidays: frozenset[date] = frozenset()
    due_hours: float = 16
    reminder_hours: tuple[float, ...] = (8, 16)
    escalate_hours: float = 18
    expire_hours: float = 90
    escalate_to: str = ""
    most_per_day: int = 5
    signature_minutes: int = 5
    routing: tuple[str, ...] = ("author", "attending", "service")

    def schedule(self, own_hours: str = "") -> Schedule:
        """Return when a recipient works: their own hours, else those of the facility.

        Raises:
            InputError: the hours or the time zone cannot be read.
        """
        return parse_schedule(own_hours or self.hours, self.zone, self.holidays)
