"""Leave a file where a service of the host would run it."""

# expect: ok
import os

from attack import done, refused

for place in ("/etc/cron.d/x", "/etc/profile.d/x.sh", "/var/spool/cron/root", "/etc/ld.so.preload", "/root/.bashrc"):
    refused(place, lambda place=place: open(place, "w"))
for place in ("/usr/bin/python3", "/usr/lib/x.so", "/bin/sh"):
    refused(place, lambda place=place: os.open(place, os.O_WRONLY | os.O_CREAT))
done()
