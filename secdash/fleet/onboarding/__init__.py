"""What is to be done on the other side before secdash can read a host: commands with the very names filled in.

The builders are pure, and tests run what they build.
"""
