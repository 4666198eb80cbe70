"""ITI-45 PIXV3 Query (IHE ITI TF-2 3.45)."""
