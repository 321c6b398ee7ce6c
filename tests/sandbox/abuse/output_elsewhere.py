"""Predictions in /tmp and in the data folder's name only."""

# expect: missing_output
import os

open("/tmp/submission.csv", "w").write("id,label\n")
