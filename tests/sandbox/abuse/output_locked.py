"""Predictions that nobody may read; the worker may, without changing their mode."""

# expect: ok
# uncounted: ok | invalid_output
import os

from attack import done

done()
os.chmod("submission.csv", 0)
