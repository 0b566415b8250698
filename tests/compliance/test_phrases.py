from pathlib import Path

import pytest

from cdi.compliance.phrases import read_phrase_rule
from cdi.errors import RuleError

RULE = """\
id: sample
code: Q04
level: override
message: "'{match}' is odd."
why: Because.
source: None
phrases: ["(very|) odd  words"]
unless: [odd words of wisdom]
examples:
  - {name: a, text: odd words, expect: [odd words]}
  - {name: b, text: plain, expect: []}
"""


def offences(text: str, rule: str = RULE) -> tuple[str, ...]:
    return read_phrase_rule(Path("sample.yaml"), rule).offences(text)


def test_phrases_match_whole_words_in_any_case_across_lines() -> None:
    assert offences("Very odd\n  words, ODD WORDS") == ("Very odd\n  words", "ODD WORDS")
    assert offences("an oddity; odd wordsmith") == ()


def test_a_longer_harmless_phrase_silences_only_itself() -> None:
    assert offences("Odd words of wisdom and odd words") == ("odd words",)


def test_a_rule_of_required_words_objects_to_a_text_without_them() -> None:
    required = RULE.replace("level:", "kind: required\nlevel:")
    assert offences("plain", required) == ("plain",)
    assert offences("odd words", required) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("id: sample", "id: other"), r"sample\.yaml:1: id: the id must equal the file name"),
        (("code: Q04", "code: 4"), r"sample\.yaml:2: code: "),
        (("level: override", "level: stop"), r"sample\.yaml:3: level: "),
        (("phrases:", "phrase:"), r"unknown key `phrase`; did you mean `phrases`\?"),
        (('["(very|) odd  words"]', '["(very|odd"]'), r"sample\.yaml:7: phrases: `\(` without"),
        (('phrases: ["(very|) odd  words"]', 'patterns: ["("]'), "is no regular expression"),
        (('phrases: ["(very|) odd  words"]', ""), "expected `phrases` or `patterns`"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: tuple[str, str], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_phrase_rule(Path("sample.yaml"), RULE.replace(*change))
