"""Boosted trees on all threads."""

# expect: ok
# limits: memory_mb=2048 processes=64 wall_time_s=200 disk_mb=64
import numpy as np
from lightgbm import LGBMClassifier
from xgboost import XGBClassifier

rng = np.random.default_rng(0)
X = rng.normal(size=(100, 4))
y = (X[:, 0] > 0).astype(int)
XGBClassifier(n_estimators=3).fit(X, y)
LGBMClassifier(n_estimators=3, verbose=-1).fit(X, y)
open("submission.csv", "w").write("id,label\n1,2\n")
