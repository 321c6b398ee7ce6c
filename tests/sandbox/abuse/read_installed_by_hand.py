"""Read what an administrator installed by hand, configuration and secrets included."""

# expect: ok
import os

from attack import breach, done

for place in ("/usr/local", "/usr/src", "/usr/games"):
    if os.path.isdir(place) and os.listdir(place):
        breach(place)
done()
