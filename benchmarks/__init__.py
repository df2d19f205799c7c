"""Measures what the goals in README.md are about; `make bench` runs it."""
