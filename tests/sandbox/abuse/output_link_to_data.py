"""Predictions that are a link to the data."""

# expect: invalid_output
import os

os.symlink("/data/train.csv", "submission.csv")
