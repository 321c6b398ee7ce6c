"""Read where the kernel lies."""

# expect: ok
from attack import breach, denied, done

try:
    with open("/proc/kallsyms") as file:
        if int(file.readline().split()[0], 16):
            breach("kernel addresses")
except OSError as error:
    print(error)
denied("syslog", 103, 10, 0, 0)
done()
