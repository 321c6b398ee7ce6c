"""Fill the working directory."""

# expect: disk_limit
with open("big", "wb") as file:
    while True:
        file.write(bytes(1_000_000))
