"""Modules of one's own, one of them named like the standard library's."""

# expect: ok
import importlib
import os

with open("model.py", "w") as file:
    file.write("def predict(n): return n + 1")
os.mkdir("package")
open("package/__init__.py", "w").write("x = 1")
importlib.invalidate_caches()
import model
import package

assert model.predict(package.x) == 2
open("submission.csv", "w").write("id,label\n1,2\n")
