"""The hash seed and the seed handed out are fixed, so that two runs agree."""

# expect: ok
import os

assert os.environ["PYTHONHASHSEED"] == "0" and os.environ["ARENA_SEED"] == "7"
open("submission.csv", "w").write(f"id,label\n1,{hash('a')}\n")
