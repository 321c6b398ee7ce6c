"""Predictions that are a socket."""

# expect: invalid_output
import socket

socket.socket(socket.AF_UNIX).bind("submission.csv")
