"""Proof. Mirrors the source tree; `house/` holds the rules of the house, `journeys/` walks real pages in Chromium."""
