"""Kernel methods: similarities instead of features."""
