"""Follow a link in the data folder that leads out of it."""

# expect: ok
from attack import done, refused

refused("a link out of the data", lambda: open("/data/leads_out").read())
done()
