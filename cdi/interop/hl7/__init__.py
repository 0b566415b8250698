"""HL7 v2 messages to encounters, and the MLLP listener that takes them.

Read: ADT A01, A02, A03, A04, A08, A13 (the stay), MDM T02, T04, T06, T08, T10, T11 (documents and
what supersedes them) and ORU R01 (values and narratives). The listener knows no store: it calls
what it is given and answers AA only when that has returned.
"""

from cdi.interop.hl7.acknowledgement import acknowledge
from cdi.interop.hl7.check import Header, check_message, sender_of
from cdi.interop.hl7.message import Message, Refusal, decode_message, parse_message
from cdi.interop.hl7.stay import encounter_from_messages

__all__ = [
    "Header",
    "Message",
    "Refusal",
    "acknowledge",
    "check_message",
    "decode_message",
    "encounter_from_messages",
    "parse_message",
    "sender_of",
]
