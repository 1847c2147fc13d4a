"""How a browser asks: each view reads the clock once, starts from what the viewer may see, and calls one verb."""
