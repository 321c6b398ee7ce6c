"""Change one's own source after the fact, to hide what ran."""

# expect: ok
from attack import done

with open("main.py", "w") as file:
    file.write("print('nothing to see')")
done()
