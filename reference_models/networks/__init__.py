"""Neural networks, how they are trained, and agents that learn from rewards."""
