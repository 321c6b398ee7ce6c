"""The command-line client of the HTTP API. It imports nothing of the site and needs only the standard library."""
