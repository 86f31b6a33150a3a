"""A sample fleet: simulated Engines with a believable history, for those who have no Docker host at hand yet.

Its hosts are marked as sample data everywhere, and one click removes them. Everything goes through the true path:
simulated answers are parsed, judged and recorded like any other.
"""
