"""Fill the kernel's buffers of many pipes."""

# expect: ok | memory_limit | runtime_error
import fcntl
import os

from attack import done

held = []
try:
    for _ in range(450):
        held.append(os.pipe())
        os.set_blocking(held[-1][1], False)
        try:
            fcntl.fcntl(held[-1][1], 1031, 1 << 20)
        except OSError:
            pass
        try:
            while True:
                os.write(held[-1][1], bytes(1 << 16))
        except BlockingIOError:
            pass
except OSError as error:
    print(error)
done()
