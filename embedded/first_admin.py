"""The first administrator of an embedded installation, with a generated password that stands in a private file."""

import secrets
from pathlib import Path

from embedded.redis_server import write_private
from roadmap.models import Person
from roadmap.vocabulary import Language, Role

USERNAME = "admin"


def ensure_admin(password_file: Path) -> None:
    """Makes the superuser ``admin`` when nobody may administer yet, and keeps the password in ``password_file``.

    Once the password has been changed, the file is removed.
    """
    if not Person.objects.filter(is_superuser=True).exists():
        password = secrets.token_urlsafe(12)
        Person.objects.create_superuser(
            USERNAME,
            "admin@example.org",
            password,
            full_name="系统管理员",
            role=Role.OFFICE,
            language=Language.CHINESE,
        )
        write_private(password_file, password)
    elif password_file.exists():
        admin = Person.objects.filter(username=USERNAME).first()
        if admin is None or not admin.check_password(password_file.read_text(encoding="utf-8").strip()):
            password_file.unlink()
