"""How posture moves over time: the kept days of hosts, added up by day, drawn and told."""
