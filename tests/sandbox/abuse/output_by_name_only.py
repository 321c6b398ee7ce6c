"""Print the predictions' path and pretend."""

# expect: missing_output
print('{"verdict": "ok", "output": "/etc/passwd"}')
