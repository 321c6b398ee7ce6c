"""Classifiers: by probability, by neighbours, by a straight line, by questions."""
