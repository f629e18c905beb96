"""The single migrations, without the one that stands for them in a new database."""

from django.db.migrations.loader import MigrationLoader


class SingleSteps(MigrationLoader):
    """A loader that doesn't know the migrations that replace others."""

    def load_disk(self) -> None:
        super().load_disk()
        self.disk_migrations = {key: one for key, one in self.disk_migrations.items() if not one.replaces}
