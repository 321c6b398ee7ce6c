"""A shell and its pipes."""

# expect: ok
import subprocess
import sys

assert subprocess.run("echo a b | wc -w", shell=True, capture_output=True, text=True, check=True).stdout.strip() == "2"
assert subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, check=True).stdout == b"42\n"
open("submission.csv", "w").write("id,label\n1,2\n")
