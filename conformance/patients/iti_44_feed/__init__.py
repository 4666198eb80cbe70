"""ITI-44 Patient Identity Feed HL7 V3 (IHE ITI TF-2 3.44)."""
