"""Processes that start anew."""

# expect: ok
import multiprocessing

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(abs, [-1, -2]) == [1, 2]
    open("submission.csv", "w").write("id,label\n1,2\n")
