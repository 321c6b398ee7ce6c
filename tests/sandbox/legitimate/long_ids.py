"""Ids of nineteen digits, kept as they are."""

# expect: ok
# limits: memory_mb=1500 processes=64 wall_time_s=120 disk_mb=64
import pandas as pd

ids = [9007199254740993000 + n for n in range(5)]
pd.DataFrame({"id": ids, "label": 1}).to_csv("submission.csv", index=False)
assert "9007199254740993004" in open("submission.csv").read()
