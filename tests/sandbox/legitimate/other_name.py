"""Predictions under their other name."""

# expect: ok
with open("predictions.csv", "w") as file:
    file.write("id,label\n1,2\n")
