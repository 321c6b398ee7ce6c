"""Change the competition's data for the next job."""

# expect: ok
import os

from attack import done, refused

for place in ("/data", "data", "/kaggle/input/letters"):
    refused(place, lambda place=place: open(f"{place}/train.csv", "a"))
    refused(place, lambda place=place: open(f"{place}/new.csv", "w"))
    refused(place, lambda place=place: os.unlink(f"{place}/train.csv"))
    refused(place, lambda place=place: os.chmod(f"{place}/train.csv", 0o777))
    refused(place, lambda place=place: os.rename(f"{place}/train.csv", f"{place}/x"))
refused("hard link", lambda: os.link("/data/train.csv", "/tmp/train.csv"))
done()
