"""The embedded default: everything one machine needs, started and stopped as one command (`manage.py up`)."""
