"""What was seen on a host."""
