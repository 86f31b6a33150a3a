"""What takes the place of packages, and of what needs them, in the file that is run on a host: no more than it uses."""
