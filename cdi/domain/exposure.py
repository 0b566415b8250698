"""What a patient was exposed to, from when to when: drugs and devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cdi.domain.finding import NoteSpan
from cdi.domain.timeline import instant


class ExposureKind(StrEnum):
    """To what."""

    DRUG = "drug"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Exposure:
    """A drug while it was given, or a device while it was in place.

    Attributes:
        kind: which of them.
        name: of the drug as its source wrote it; the kind of device.
        begin: when it began, of a device at the latest.
        end: when it ended; None: it goes on.
        source: id of the medication, note or procedure that tells of the beginning.
        words: where a note tells of the beginning; None if none does.
    """

    kind: ExposureKind
    name: str
    begin: datetime
    end: datetime | None
    source: str
    words: NoteSpan | None = None

    def during(self, moment: datetime) -> bool:
        """Tell whether it was given or in place at a moment."""
        begun = instant(self.begin) <= instant(moment)
        return begun and (self.end is None or instant(moment) <= instant(self.end))

    def days(self, moment: datetime) -> int:
        """Return the calendar days of it up to a moment; the first counts as one.

        0 before it began. Days are those of the clock that recorded its beginning.
        """
        if instant(moment) < instant(self.begin):
            return 0
        last = moment if self.end is None or instant(moment) < instant(self.end) else self.end
        return (_on_clock_of(self.begin, last) - self.begin.date()).days + 1

    def associated(self, event: datetime, after_days: int) -> bool:
        """Tell whether an infection counts as associated with it, as CDC NHSN counts.

        Args:
            event: the date of the infection.
            after_days: it was in place for more calendar days than these, and on the day of the
                infection or the day before.
        """
        if self.days(event) <= after_days:
            return False
        if self.end is None:
            return True
        gone = _on_clock_of(self.begin, event) - _on_clock_of(self.begin, self.end)
        return gone <= timedelta(days=1)


def _on_clock_of(clock: datetime, moment: datetime) -> date:
    both = clock.tzinfo is not None and moment.tzinfo is not None
    return (moment.astimezone(clock.tzinfo) if both else moment).date()
