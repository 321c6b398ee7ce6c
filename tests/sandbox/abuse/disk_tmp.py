"""Fill /tmp, beside a full working directory."""

# expect: disk_limit
import os

for place in (".", "/tmp"):
    try:
        with open(f"{place}/big", "wb") as file:
            while True:
                file.write(bytes(1_000_000))
    except OSError as error:
        print(place, error)
if sum(os.stat(f"{place}/big").st_blocks for place in (".", "/tmp")) * 512 > 20_000_000:
    print("BREACH: more than the limit in two places")
raise OSError(28, "No space left on device")
