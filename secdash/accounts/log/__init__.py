"""Reading who changed what: the page, its filters, its files. The log itself is `secdash.audit`."""
