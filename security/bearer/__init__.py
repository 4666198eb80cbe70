"""Attacks on access tokens and on the way to them (CH EPR FHIR 5.0.0, ITI-71 and ITI-72)."""
