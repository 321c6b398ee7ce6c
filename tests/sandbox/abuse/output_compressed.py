"""Predictions that are compressed, a bomb when unpacked: copied as bytes."""

# expect: ok
# limits: wall_time_s=20
import gzip

with open("submission.csv", "wb") as file:
    file.write(b"id,label\n" + gzip.compress(bytes(50_000_000)))
