"""Settings: `embedded` (default: SQLite, a broker of our own), `production` and `test`, all on `base`."""
