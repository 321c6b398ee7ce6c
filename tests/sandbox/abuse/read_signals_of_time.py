"""Learn about the host's other work from shared counters; only totals may be seen."""

# expect: ok
import os

from attack import breach, done

for name in ("sched_debug", "timer_list", "locks"):
    try:
        with open(f"/proc/{name}") as file:
            text = file.read(100_000)
    except OSError:
        continue
    if "gunicorn" in text or "celery" in text or "pytest" in text:
        breach(name)
done()
