"""The database backend named in settings. Django looks for a class of this name in a module of this name."""

import fcntl
from typing import Any

from django.core.management import call_command
from django.db.backends.postgresql import base
from django.db.migrations.executor import MigrationExecutor

from config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL as Django knows it; with no HOST configured, the embedded server is started on first connection."""

    @property
    def embedded(self) -> bool:
        return not self.settings_dict["HOST"]

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        if self.embedded:
            server = embedded.ensure()
            params |= {"host": server.socket, "user": server.user}
        return params

    def migrate_first(self) -> None:
        """Bring the tables up to date before an embedded command works on them; one process at a time."""
        with (embedded.home() / "migrate.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            executor = MigrationExecutor(self)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", interactive=False, verbosity=0)
