"""Text in every script, and a log without a newline at its end."""

# expect: ok
print("Ștefan, Łukasz, 東京, العربية, 🙂", end="")
open("submission.csv", "w").write("id,label\n1,2\n")
