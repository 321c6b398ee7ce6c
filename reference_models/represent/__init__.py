"""Turning words and images into numbers: counts, embeddings, attention, transformers."""
