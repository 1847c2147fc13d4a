"""The demo: named people who stay the same in tests and on screen, and a believable week around them."""
