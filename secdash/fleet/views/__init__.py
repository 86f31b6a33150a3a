"""Pages of the register of hosts."""
