"""Control characters that repaint a terminal or reverse the reading."""

# expect: ok
import sys

from attack import done

text = "".join(
    map(chr, [*range(32), *range(127, 160), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
for stream in (sys.stdout, sys.stderr):
    stream.write("\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[31m" + text + "\r\n")
done()
