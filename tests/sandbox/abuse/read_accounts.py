"""Read the host's accounts and keys."""

# expect: ok
from attack import breach, done, refused

for path in (
    "/etc/shadow",
    "/etc/ssh/sshd_config",
    "/etc/machine-id",
    "/etc/environment",
    "/root/.ssh/id_rsa",
    "/etc/fstab",
):
    refused(path, lambda path=path: open(path).read())
with open("/etc/passwd") as file:
    if len(file.readlines()) != 1:
        breach("the host's accounts")
done()
