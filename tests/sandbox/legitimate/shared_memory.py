"""Memory shared by name."""

# expect: ok
from multiprocessing.shared_memory import SharedMemory

memory = SharedMemory(create=True, size=1_000_000)
memory.buf[0] = 1
memory.close()
memory.unlink()
open("submission.csv", "w").write("id,label\n1,2\n")
