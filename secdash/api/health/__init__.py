"""How the parts of an installation are: the database, the queue, those who work from it, the clock, the disk."""
