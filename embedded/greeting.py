"""What the supervisor tells on the terminal once the first page is there, in both languages."""

from pathlib import Path

from embedded.place import LOOPBACK, Place
from tracker.version import VERSION


def greeting(place: Place, *, url: str, seconds: float, has_mailbox: bool) -> str:
    """The friendly block: addresses, the administrator's name and password, where data and logs are."""
    password_file = place.data_dir / "admin-password"
    lines = [
        f"Smart-Customs Roadmap Tracker {VERSION} is running ({seconds:.0f} s) · 智慧海关路线图跟踪系统已启动",
        "",
        f"  Page 页面        {url}/",
        f"  Admin 管理后台   {url}/admin/",
        f"  API 接口文档     {url}/api/docs/",
        *([f"  Mailbox 邮箱     {url}/mailbox/"] if has_mailbox else []),
        *_login(password_file),
        f"  Data 数据        {place.data_dir}",
        f"  Logs 日志        {place.logs}",
        *_warning(place.host),
        "",
        "  Ctrl-C ends everything. 按 Ctrl-C 停止全部服务。",
    ]
    width = 78
    return "\n".join(["─" * width, *lines, "─" * width])


def _login(password_file: Path) -> list[str]:
    if not password_file.exists():
        return ["  Login 登录       admin, with the password that you set · 使用您已修改的密码"]
    password = password_file.read_text(encoding="utf-8").strip()
    return [
        f"  Login 登录       admin / {password}",
        "                   shown until you change it in the admin · 在后台修改密码后不再显示",
    ]


def _warning(host: str) -> list[str]:
    if host in LOOPBACK:
        return []
    return [
        "",
        "  Others on the network can read this without signing in, and without HTTPS.",
        "  网络上的其他人无需登录、未经加密即可阅读。",
    ]
