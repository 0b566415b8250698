"""One encounter from parsed JSON: a FHIR bundle or the native form."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from cdi.domain.encounter import Encounter
from cdi.errors import InputError
from cdi.interop.fhir import is_bundle, read_bundle
from cdi.interop.files import read_stream
from cdi.interop.mapping import Intake
from cdi.interop.problem import InputNotice


def read_payload(payload: Mapping[str, Any], intake: Intake) -> Encounter:
    """Return the encounter of a request.

    A resource of a bundle that cannot be read refuses the whole: its sender is there to mend it,
    and a chart that silently lacks a note would raise questions that the chart answers.

    Args:
        payload: the parsed JSON.
        intake: what codes, units and authors of a bundle mean at this site.

    Raises:
        InputError: it holds no encounter or several, or something in it is wrong; names the field.
    """
    problems: list[InputError] = []
    if is_bundle(payload):
        found = list(read_bundle(payload, intake, problems.append, name="bundle"))
    else:
        stream = io.BytesIO(json.dumps(payload).encode("utf-8", "surrogatepass"))
        found = list(read_stream(stream, problems.append, name="encounter"))
    wrong = [problem for problem in problems if not isinstance(problem, InputNotice)]
    if wrong:
        raise wrong[0]
    if len(found) != 1:
        raise InputError(f"holds {len(found)} encounters, expected one")
    return found[0]
