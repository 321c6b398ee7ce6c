"""Kaggle's absolute paths, unchanged."""

# expect: ok
# limits: memory_mb=1500 processes=64 wall_time_s=120 disk_mb=64
import pandas as pd

train = pd.read_csv("/kaggle/input/letters/train.csv")
train[["id", "label"]].to_csv("/kaggle/working/submission.csv", index=False)
