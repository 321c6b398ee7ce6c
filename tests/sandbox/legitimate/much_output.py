"""Logs and predictions a little below what is allowed."""

# expect: ok
for _ in range(900):
    print("y" * 1000)
with open("submission.csv", "w") as file:
    file.write("id,label\n")
    for n in range(90_000):
        file.write(f"{n},1\n")
