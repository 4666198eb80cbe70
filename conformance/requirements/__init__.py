"""The catalogue: one YAML file per area, and how far the suites cover it."""
