"""The risks of the guide's threat model beside how hosts and groups stand on each."""
