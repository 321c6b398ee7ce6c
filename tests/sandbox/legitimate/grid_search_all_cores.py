"""scikit-learn on all cores."""

# expect: ok
# limits: memory_mb=1500 processes=64 wall_time_s=120 disk_mb=64
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 5))
    y = (X[:, 0] > 0).astype(int)
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, n_jobs=-1, cv=2).fit(X, y)
    open("submission.csv", "w").write("id,label\n1,2\n")
