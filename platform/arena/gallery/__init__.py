"""The gallery of reference models: each with its picture, what it scores and its code; instructors make it a baseline."""
