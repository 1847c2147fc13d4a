"""What the log may keep: never the secret of a link, which opens somebody's visit to whoever reads it."""

import logging
import re

_LINK = re.compile(r"/(l|calendars|password/reset/key)/[^\s/?'\"]+")


class WithoutSecrets(logging.Filter):
    """Takes the secrets of links out of every line; an address is logged whenever its answer is no page."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True, always: the line stays, without what may not be in it."""
        record.msg, record.args = _LINK.sub(r"/\1/…", record.getMessage()), ()
        return True
