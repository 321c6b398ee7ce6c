"""Sixteen threads."""

# expect: ok
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(16) as pool:
    assert sum(pool.map(int, "123" * 50)) == 300
open("submission.csv", "w").write("id,label\n1,2\n")
