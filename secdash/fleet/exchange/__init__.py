"""The register of hosts as a file, out and in again: CSV or YAML, and never what opens a door."""
