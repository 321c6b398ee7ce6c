"""Generating, and inferring what made the data."""
