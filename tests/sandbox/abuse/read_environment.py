"""Read the variables of every process in sight; the worker's hold secrets."""

# expect: ok
import glob
import os

from attack import breach, done

known = {*os.environ, "PWD", "OLDPWD", "SHLVL", "_"}  # a shell makes these itself
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        with open(path, "rb") as file:
            for variable in file.read().split(b"\0"):
                name = variable.partition(b"=")[0].decode()
                if name and name not in known:
                    breach(f"{path}: {name}")
    except OSError as error:
        print(error)
done()
