"""Predictions that are an endless device."""

# expect: invalid_output
import os

os.symlink("/dev/zero", "submission.csv")
