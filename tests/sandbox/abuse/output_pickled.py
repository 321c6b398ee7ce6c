"""Predictions that are a pickle: copied as bytes, and never loaded."""

# expect: ok
import pickle


class Evil:
    def __reduce__(self):
        return (__import__("os").system, ("touch /tmp/arena-was-here",))


with open("submission.csv", "wb") as file:
    file.write(b"id,label\n" + pickle.dumps(Evil()))
