"""A pool of processes, and a queue between them."""

# expect: ok
from multiprocessing import Manager, Pool


def square(n):
    return n * n


if __name__ == "__main__":
    with Pool(2) as pool:
        assert pool.map(square, range(5)) == [0, 1, 4, 9, 16]
    with Manager() as manager:
        manager.list([1])
    open("submission.csv", "w").write("id,label\n1,2\n")
