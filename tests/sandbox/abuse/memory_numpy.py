"""Fill numpy arrays without end."""

# expect: memory_limit | runtime_error
import numpy as np

held = []
while True:
    held.append(np.ones(5_000_000))
