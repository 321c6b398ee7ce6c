"""Learning without labels: groups, directions, maps and outliers."""
