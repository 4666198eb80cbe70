"""The same fact read through both faces of a community, SOAP and FHIR: they agree, whichever face it came by."""
