"""joblib with two processes."""

# expect: ok
# limits: memory_mb=1500 processes=64 wall_time_s=120 disk_mb=64
from joblib import Parallel, delayed

if __name__ == "__main__":
    assert Parallel(n_jobs=2)(delayed(pow)(n, 2) for n in range(6)) == [0, 1, 4, 9, 16, 25]
    open("submission.csv", "w").write("id,label\n1,2\n")
