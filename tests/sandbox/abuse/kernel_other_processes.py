"""Take descriptors and secrets from other processes."""

# expect: ok
import os

from attack import denied, done

one = os.pidfd_open(1)
denied("pidfd_getfd", 438, one, 0, 0)
denied("kcmp", 312, 1, os.getpid(), 0, 0, 0)
denied("process_madvise", 440, one, 0, 0, 4, 0)
done()
