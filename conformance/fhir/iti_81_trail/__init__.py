"""ITI-81 and CH:ATC: what patients see of what was done with their record, and who else may see it."""
