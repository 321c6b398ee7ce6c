"""Predictions that are a link to the hidden labels, as the worker sees them."""

# expect: invalid_output
import os

import host

os.symlink(host.HIDDEN, "submission.csv")
