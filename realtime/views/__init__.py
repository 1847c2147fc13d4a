"""How a browser asks."""
