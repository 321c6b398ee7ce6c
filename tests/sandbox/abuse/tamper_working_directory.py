"""Put another folder in place of the working directory."""

# expect: ok
import os

from attack import done, refused

refused("rename", lambda: os.rename("/kaggle/working", "/tmp/w"))
refused("remove", lambda: os.rmdir("/kaggle/working"))
done()
