"""The addendum: what the physician's answers say, in words fit for the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cdi.domain.letter import Letter, Option, OptionKind, Question
from cdi.domain.query import Outcome, outcome_of
from cdi.errors import InputError

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """The answer to one question: an option by its place, words of one's own, or both.

    Attributes:
        option: place of the option in the question, from 0; None for words alone.
        words: what the physician adds, or the whole answer.
    """

    option: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer understood: its question, the option, the words, and what it amounts to."""

    question: Question
    option: Option | None
    words: str
    outcome: Outcome

    @property
    def wording(self) -> str:
        """The diagnosis or statement as answered, in the physician's words where they gave any."""
        if self.option is None or self.option.kind is OptionKind.OTHER:
            return self.words
        text = self.option.text.split(" (please ")[0]
        if self.option.kind in (OptionKind.YES, OptionKind.NO):
            text = f"{self.question.stem.strip()} {text}"
        return f"{text}: {self.words}" if self.words else text


def read_answers(letter: Letter, given: Sequence[AnswerGiven]) -> tuple[ReadAnswer, ...]:
    """Return the answers understood by the letter they answer.

    Raises:
        InputError: not every question is answered, an option does not exist, or one that asks for
            words has none; names the question.
    """
    if len(given) != len(letter.questions):
        raise InputError(f"the letter has {len(letter.questions)} questions", field="answers")
    return tuple(
        read_answer(question, answer, f"answers[{number}]")
        for number, (question, answer) in enumerate(zip(letter.questions, given, strict=True))
    )


def read_answer(question: Question, given: AnswerGiven, field: str) -> ReadAnswer:
    """Return the answer to one question understood.

    Raises:
        InputError: the option does not exist, or words are missing or too many; names the field.
    """
    words = given.words.strip()
    if len(words) > _LONGEST:
        raise InputError(f"at most {_LONGEST:,} characters", field=f"{field}.words")
    if given.option is None:
        if question.options:
            raise InputError("an option must be chosen", field=f"{field}.option")
        if not words:
            raise InputError("there is no answer", field=f"{field}.words")
        return ReadAnswer(question, None, words, outcome_of(None, question.query_type))
    if not 0 <= given.option < len(question.options):
        raise InputError("there is no such option", field=f"{field}.option")
    option = question.options[given.option]
    if option.kind is OptionKind.OTHER and not words:
        raise InputError("this option asks for words", field=f"{field}.words")
    return ReadAnswer(question, option, words, outcome_of(option.kind, question.query_type))


def write_statement(answers: Sequence[ReadAnswer]) -> str:
    """Return what the addendum says above the signature: each question with its answer."""
    lines = ["ADDENDUM: clarification of documentation", ""]
    for number, answer in enumerate(answers, 1):
        lines.append(f"{number}. {answer.question.stem.strip()}")
        lines.append(f"   Answer: {_statement(answer)}")
    return "\n".join(lines)


def write_addendum(
    answers: Sequence[ReadAnswer], signer: str, signed_at: datetime, zone: str
) -> str:
    """Return the addendum for the record: each question with its answer, who and when."""
    at = signed_at.astimezone(ZoneInfo(zone))
    signature = f"Electronically signed by {signer}, {at:%Y-%m-%d %H:%M %Z}"
    return f"{write_statement(answers)}\n\n{signature}"


def _statement(answer: ReadAnswer) -> str:
    option = answer.option
    if option is None or option.kind is OptionKind.OTHER:
        return answer.words
    text = option.text.split(" (please ")[0]
    return f"{text}: {answer.words}" if answer.words else text
