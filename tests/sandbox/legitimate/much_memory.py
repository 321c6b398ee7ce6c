"""Three quarters of the memory allowed."""

# expect: ok
data = bytearray(150_000_000)
data[::4096] = b"x" * len(data[::4096])
del data
data = bytearray(150_000_000)
open("submission.csv", "w").write("id,label\n1,2\n")
