"""A dangling link beside good predictions: the winning name decides."""

# expect: invalid_output
import os

os.symlink("/nowhere", "submission.csv")
open("predictions.csv", "w").write("id,label\n1,2\n")
