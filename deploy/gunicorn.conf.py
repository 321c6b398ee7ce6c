"""gunicorn in production. WEB_CONCURRENCY sets the number of processes; pages are short, so threads serve them."""

import os
from pathlib import Path

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
worker_class = "gthread"
# the worker's heartbeat file on a disk that stalls would look like a dead worker
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
timeout = 60
graceful_timeout = 30
keepalive = 5
# a leak grows for a while and no longer; the jitter keeps the processes from starting over together
max_requests = 5000
max_requests_jitter = 500
accesslog = "-"
# behind the proxy of this installation alone: X-Forwarded-Proto decides what counts as HTTPS
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
control_socket_disable = True
