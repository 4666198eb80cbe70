"""ITI-47 Patient Demographics Query HL7 V3 (IHE ITI TF-2 3.47)."""
