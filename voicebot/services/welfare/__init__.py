"""The welfare call: tells people of reductions that they may receive, by rules kept as data."""
