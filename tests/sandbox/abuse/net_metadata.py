"""Ask a cloud's metadata service for credentials."""

# expect: ok
import urllib.request

from attack import done, refused

refused("metadata", lambda: urllib.request.urlopen("http://169.254.169.254/latest/meta-data/", timeout=1))
done()
