"""Predictions larger than allowed."""

# expect: invalid_output
import os

open("submission.csv", "wb").write(b"1" * 3_000_000)
