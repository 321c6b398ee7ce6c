"""Walk the whole file system and print whatever holds the word that only hidden files hold."""

# expect: ok
import os

from attack import breach, done

for folder, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/usr", "/runtime", "/opt", "/proc", "/dev")]
    for name in files:
        path = os.path.join(folder, name)
        try:
            with open(path, "rb") as file:
                if b"CANARY" + b"-" in file.read(1_000_000):
                    breach(path)
        except OSError:
            pass
done()
