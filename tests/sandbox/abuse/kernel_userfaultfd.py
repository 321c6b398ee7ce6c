"""Stop the kernel in the middle of a copy."""

# expect: ok
from attack import denied, done

denied("userfaultfd", 323, 1)
denied("userfaultfd, kernel mode", 323, 0)
done()
