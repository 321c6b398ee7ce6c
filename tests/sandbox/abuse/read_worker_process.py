"""Look for the worker by its pid."""

# expect: ok
import os

import host
from attack import breach, done, refused

seen = [name for name in os.listdir("/proc") if name.isdigit()]
if str(host.WORKER) in seen and host.WORKER > 50:
    breach("the worker's pid is visible")
if len(seen) > 6:
    breach(f"too many processes: {seen}")
refused("signal the worker", lambda: os.kill(host.WORKER, 0) if host.WORKER > 50 else 1 / 0)
done()
