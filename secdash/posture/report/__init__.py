"""One look at an Engine, written out for people and programs, without a database."""
