"""Reading a host's own files: which are asked for (`wanted`), and three ways to them: `local`, `ssh` and `archive`.

A way answers a `Wanted` with what it saw of it; `rounds` asks until nothing is wanted any more. What is seen is raw and
stays in memory: `facts.parse.host` makes the records of it, and redacts.
"""
