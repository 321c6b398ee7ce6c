"""Predictions that look like a terabyte and hold nothing."""

# expect: invalid_output | disk_limit
import os

os.truncate(os.open("submission.csv", os.O_RDWR | os.O_CREAT), 10**12)
