"""Reading notes and encounters from files, folders and standard input; writing encounters.

:func:`read_path` yields every encounter that can be read and reports everything else through a
callback, so that one bad file, line or field never costs the others::

    problems: list[InputError] = []
    for encounter in read_path("samples/encounters", problems.append):
        ...

A problem is an :class:`~cdi.errors.InputError` (that encounter or file was not read) or an
:class:`InputNotice` (nothing was lost). Neither ever holds note text.
"""

from cdi.interop.files.encounter import write_encounter
from cdi.interop.files.path import read_path, read_stream
from cdi.interop.problem import InputNotice, Report

__all__ = ["InputNotice", "Report", "read_path", "read_stream", "write_encounter"]
