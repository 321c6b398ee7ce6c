"""Modules named like the runner's, in the working directory."""

# expect: ok
import os

from attack import done

for name in ("platform", "random", "json", "grader", "sitecustomize", "usercustomize", "keeper"):
    with open(f"{name}.py", "w") as file:
        file.write("import os; os.write(1, b'BREACH: imported by someone else')")
done()
