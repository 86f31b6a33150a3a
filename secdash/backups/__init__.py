"""Everything in one file, and from it a whole secdash again, on whichever database."""
