"""One allocation larger than the limit, touched."""

# expect: memory_limit | runtime_error
data = bytearray(1_500_000_000)
