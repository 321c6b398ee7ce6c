"""Predictions that are a link to themselves."""

# expect: invalid_output
import os

os.symlink("submission.csv", "submission.csv")
