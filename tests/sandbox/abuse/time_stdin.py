"""Wait for input that never comes: there is none, so reading ends at once."""

# expect: ok
import sys

from attack import breach, done

if sys.stdin.read():
    breach("there is input")
done()
