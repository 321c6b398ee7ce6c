"""Predictions that are a link to a file outside."""

# expect: invalid_output
import os

os.symlink("/etc/passwd", "submission.csv")
