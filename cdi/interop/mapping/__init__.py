"""What every wire format needs to turn a feed into an encounter.

Codes and names become analytes, authors become roles, and what no rule may use is set aside with
a remark for the operator. The wire formats call this and do not know each other.
"""

from cdi.interop.mapping.authors import Author, DocumentType
from cdi.interop.mapping.intake import Intake, load_intake
from cdi.interop.mapping.stay import StayParts, assemble_encounter

__all__ = [
    "Author",
    "DocumentType",
    "Intake",
    "StayParts",
    "assemble_encounter",
    "load_intake",
]
