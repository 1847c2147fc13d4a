"""Right now: rooms, tokens, boards that change while people watch. Has no models; imports navigation and scheduling."""
