"""A first file for a new condition: commented, valid, and passing its own examples."""

from __future__ import annotations

import re
from pathlib import Path

from cdi.errors import RuleError

_SKELETON = """\
# yaml-language-server: $schema=../../condition.schema.json
# A condition is this one file. Run its examples while you write: cdi rules test {path}
id: {id}                      # equals the file name; never reused
title: {title}
status: experimental          # experimental | test | stable | deprecated
version: 1                    # raise it with every change of meaning
what: What the rule looks for, in a sentence or two.
why: Why it is worth a physician's time.
references:                   # the published definition the rule implements
  - title: Name of the guideline, year
course: chronic               # chronic: "history of" is current; acute: it is past
topic: {topic}   # the letter's subject: neutral, never an undocumented diagnosis

terms:
  # (a|b) offers alternatives, "first ... second" allows words between, =CAP wants these capitals
  documented:                 # wording that asserts the condition
    - {topic}
  vague: []                   # wording that points at it without being codable
  ignore: []                  # longer phrases that contain a term but mean something else

axes:                         # what must be documented for the diagnosis to be complete
  type:
    attach: modifier          # modifier | sentence | item | note: how near the words must stand
    values:
      first: [first kind]
      second: [second kind]

indicators:                   # facts that support or oppose it
  treated:
    drugs: ["@antibiotics"]   # a list of models/vocabulary
    group: treatment
  # high: {{measurement: creatinine, above: 1.3 mg/dL, group: laboratory}}

findings:
  type_missing:
    type: specificity         # specificity | undocumented | validation | conflict | cause | ...
    when: documented          # names with and, or, not, 2 of (a, b, c), axis is value
    missing: [type]
    show: [treated]           # quoted as evidence when true
    question: >-
      {title} is documented. Based on your clinical judgment, please clarify its type.
    options:                  # "Other" and "Unable to determine" are always added
      - {{text: First kind, needs: [documented]}}
      - {{text: Second kind, needs: [documented]}}

examples:                     # each is a test: exactly these findings, axes and evidence texts
  - name: the type is missing
    note: "Assessment: {topic}."
    expect:
      type_missing: {{missing: [type], evidence: [{topic}]}}
  - name: the type is stated
    note: "Assessment: {topic}, first kind."
    expect: {{}}
  - name: it is denied
    note: "No evidence of {topic}."
    expect: {{}}
"""


def write_skeleton(folder: Path, condition: str) -> Path:
    """Write ``<folder>/<condition>.yaml`` and return its path.

    Raises:
        RuleError: the id is not usable, or the file is already there.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", condition):
        raise RuleError(f"`{condition}`: an id has small letters, digits and underscores only")
    path = folder / f"{condition}.yaml"
    if path.exists():
        raise RuleError("is already there", path=path)
    words = condition.replace("_", " ")
    text = _SKELETON.format(id=condition, title=words.capitalize(), topic=words, path=path)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
