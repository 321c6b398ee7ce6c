"""Predictions that are a folder."""

# expect: invalid_output
import os

os.mkdir("submission.csv")
