"""Regression: by lines, neighbours, questions; what a loss asks for; bias and variance."""
