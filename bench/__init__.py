"""What our claims about speed rest on; each is run as python -m bench.<name>."""
