"""ITI-20: the feed of audit events by FHIR."""
