"""/api/v1/: what programs can ask. `interface` puts it together, `resources` has the operations, `guard` the door."""
