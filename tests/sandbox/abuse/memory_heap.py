"""Allocate without end."""

# expect: memory_limit
held = []
while True:
    held.append(bytearray(10_000_000))
