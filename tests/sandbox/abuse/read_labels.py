"""Open the hidden labels by the path that an insider would know."""

# expect: ok
import os

import host
from attack import done, refused

for path in (
    host.HIDDEN,
    f"/proc/1/root{host.HIDDEN}",
    f"/proc/self/cwd/../../..{host.HIDDEN}",
    f"/data/..{host.HIDDEN}",
):
    refused(path, lambda path=path: open(path).read())
refused("folder", lambda: os.listdir(os.path.dirname(host.HIDDEN)))
done()
