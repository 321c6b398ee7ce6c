"""Thousands of warnings and a progress bar."""

# expect: ok
import warnings

from tqdm import tqdm

warnings.simplefilter("always")
for n in tqdm(range(2000)):
    warnings.warn(f"convergence {n}")
open("submission.csv", "w").write("id,label\n1,2\n")
