"""FHIR R4 bundles to encounters.

Read: Patient, Encounter, Practitioner, PractitionerRole, DocumentReference with Binary,
DiagnosticReport, Observation, MedicationRequest, MedicationAdministration, Condition, Procedure.
Other resources are passed over. An invalid resource is reported with the element at fault, left
out and remembered on the encounter; nothing else is lost by it.
"""

from cdi.interop.fhir.bundle import is_bundle, read_bundle

__all__ = ["is_bundle", "read_bundle"]
