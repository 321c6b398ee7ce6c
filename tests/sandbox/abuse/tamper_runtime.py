"""Plant code in the runtime that the next student imports."""

# expect: ok
import os
import sys
import sysconfig

from attack import done, refused

places = {
    sysconfig.get_paths()["purelib"],
    sysconfig.get_paths()["stdlib"],
    "/runtime",
    os.path.dirname(sys.executable),
    os.path.dirname(os.__file__),
}
for place in places:
    refused(place, lambda place=place: open(f"{place}/sitecustomize.py", "w"))
    refused(place, lambda place=place: os.mkdir(f"{place}/numpy2"))
refused("os.py", lambda: open(os.__file__, "a"))
refused("python", lambda: os.unlink(sys.executable))
done()
