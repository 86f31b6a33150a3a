"""Hosts that nobody can reach: one file that is run there, and the sealed snapshot that it writes."""
