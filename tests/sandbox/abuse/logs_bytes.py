"""Bytes that are no text."""

# expect: ok
import os

from attack import done

os.write(1, bytes(range(256)) * 4)
os.write(2, b"\xff\xfe\x00\xd8\xed\xa0\x80")
done()
