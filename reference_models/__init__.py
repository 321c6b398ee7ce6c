"""Models that the course teaches, one readable file each: an estimator, a valid submission and a baseline at once."""
