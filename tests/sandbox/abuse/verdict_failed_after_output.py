"""Leave good predictions, then fail: they do not count."""

# expect: runtime_error
from attack import done

done()
raise SystemExit(3)
