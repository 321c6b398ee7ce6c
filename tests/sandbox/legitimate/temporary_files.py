"""Files that come and go."""

# expect: ok
import os
import tempfile

for _ in range(300):
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x" * 1000)
with tempfile.TemporaryDirectory() as folder:
    for n in range(500):
        open(os.path.join(folder, str(n)), "w").close()
open("submission.csv", "w").write("id,label\n1,2\n")
