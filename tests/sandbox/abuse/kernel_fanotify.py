"""Watch every file of a mount."""

# expect: ok
from attack import denied, done

denied("fanotify_init", 300, 0, 0)
denied("fanotify_mark", 301, 0, 0, 0, 0, 0)
done()
