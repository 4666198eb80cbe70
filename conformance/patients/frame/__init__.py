"""What ITI-44, ITI-45 and ITI-47 have in common: SOAP binding, transmission wrapper, access (patient.md 3, 4, 9)."""
