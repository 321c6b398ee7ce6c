"""Predictions that are a link into /proc, which the worker would open as its own."""

# expect: invalid_output
import os

os.symlink("/proc/self/environ", "submission.csv")
