"""Predictions that are a named pipe, so that opening them waits for ever."""

# expect: invalid_output
import os

os.mkfifo("submission.csv")
