"""The settings that there are, once: name, type, defaults and words. Those of mail and of single
sign-on stand in ``setting_list_mail`` and ``setting_list_sign_on``.

A setting that is read anywhere has to stand here: ``tests/tracker/test_setting_list.py`` compares the readers with it.
``.env.example`` and the tables in ``docs/operators*.md`` are written from it by ``python -m embedded.setting_pages``;
docker-compose.yml hands on whatever .env holds. The check at the start (``unknown_settings``) knows these names.
"""

from tracker.setting import (
    BOOLEAN,
    LIST,
    PATH,
    PLACE,
    REQUIRED,
    SECRET,
    TEXT,
    ZONE,
    Setting,
    Where,
    one_of,
    whole,
)
from tracker.setting_list_mail import MAIL
from tracker.setting_list_sign_on import SINGLE_SIGN_ON

Words = tuple[str, str]

SITE: tuple[Setting, ...] = (
    Setting(
        "TRACKER_MODE",
        one_of("embedded", "production"),
        ("which of the two", "运行模式"),
        default="embedded",
        shown_production=("`production`", "`production`"), where=Where.FIXED),
    Setting(
        "SITE_URL",
        PLACE,
        (
            "the address in mails: scheme, host and port alone, as the pages stand at the root; names in other scripts "
            "are taken",
            "邮件中的网址：仅含协议、主机名和端口（页面位于根路径）；可用中文域名",
        ),
        production=REQUIRED,
        shown=("from `HOST` and `PORT`", "由 `HOST`、`PORT` 得出"),
        example="https://roadmap.example.org",
    ),
    Setting(
        "ALLOWED_HOSTS",
        LIST,
        ("host names", "主机名"),
        default="*",
        production=REQUIRED,
        shown=("this machine", "本机"),
        example="roadmap.example.org",
    ),
    Setting(
        "CSRF_TRUSTED_ORIGINS",
        LIST,
        ("further addresses of the same site", "同一站点的其他地址"),
        shown=("`SITE_URL`", "`SITE_URL`"),
        shown_production=("`SITE_URL`", "`SITE_URL`"),
    ),
    Setting(
        "BEHIND_PROXY",
        BOOLEAN,
        (
            "believe `X-Forwarded-Proto`, and the last address of `X-Forwarded-For`",
            "信任 `X-Forwarded-Proto` 以及 `X-Forwarded-For` 的最后一个地址",
        ),
        default="false",
        in_compose="true",
    ),
    Setting(
        "PUBLIC_READING",
        BOOLEAN,
        ("read without an account", "浏览无需账号"),
        default="true",
        production="false",
    ),
    Setting(
        "EMBED_ALLOWED_SITES",
        LIST,
        (
            "which other sites may show the cards under `/embed/` in a frame, as `https://www.example.cn`, or `*`; empty: "
            "there are no cards. Only where reading is public",
            "允许以框架嵌入 `/embed/` 卡片的其他网站，如 `https://www.example.cn`，或 `*`；留空则不提供卡片。仅在公开浏览时有效",
        ),
    ),
    Setting(
        "TIME_ZONE",
        ZONE,
        ("of pages for those who are not signed in", "未登录者所见页面的时区"),
        default="Asia/Shanghai",
    ),
    Setting("BIND", TEXT, ("where gunicorn listens", "gunicorn 的监听地址"), default="127.0.0.1:8000",
            shown_production=("`0.0.0.0:8000` in the image", "镜像内为 `0.0.0.0:8000`"), where=Where.FIXED),
    Setting(
        "WEB_WORKERS",
        whole(1, 64),
        ("processes of gunicorn", "gunicorn 进程数"),
        shown=("`1`", "`1`"),
        shown_production=("two for each processor, 16 at most", "每个处理器两个，至多16个"),
    ),
    Setting(
        "WEB_THREADS",
        whole(1, 128),
        (
            "threads of each of them; each keeps a connection to the database",
            "每个进程的线程数；每个线程保持一个数据库连接",
        ),
        default="4",
        shown=("`8`", "`8`"),
    ),
    Setting("HTTPS", BOOLEAN, ("only over HTTPS; production refuses `false`", "仅限 HTTPS；生产环境不得为 `false`"),
            default="false", production="true", where=Where.FIXED),
    Setting(
        "HSTS_SECONDS",
        whole(0, 63_072_000),
        (
            "for which browsers then come to this host over HTTPS only (`Strict-Transport-Security`); 0: they aren't told",
            "浏览器此后仅以 HTTPS 访问本主机的秒数（`Strict-Transport-Security`），0 表示不发送",
        ),
        default="31536000",
        shown=("–", "–"),
    ),
    Setting("HSTS_SUBDOMAINS", BOOLEAN, ("the same for every host below it, also of others", "同样适用于其所有子域名，包括他人管理的"),
            default="false"),
    Setting("HSTS_PRELOAD", BOOLEAN, ("browsers may ship with it; it can hardly be withdrawn", "允许列入浏览器内置名单，几乎无法撤回"),
            default="false"),
    Setting("DEBUG", BOOLEAN, ("for developers; production refuses `true`", "供开发者使用；生产环境不得为 `true`"),
            default="false", where=Where.FIXED),
)  # fmt: skip

PEOPLE: tuple[Setting, ...] = (
    Setting(
        "SECRET_KEY",
        SECRET,
        (
            "signs sessions and links, seals the secrets of second factors; 50 random characters or more",
            "用于会话和链接签名及加密双重验证密钥，至少50个随机字符",
        ),
        production=REQUIRED,
        shown=("generated, kept", "自动生成并保存"),
        example="",
    ),
    Setting(
        "SECRET_KEY_FALLBACKS",
        LIST,
        (
            "former keys: links and sessions signed with them stay valid while a key is changed; the next update or `migrate` seals second factors under the present key",
            "旧密钥；更换密钥期间，用旧密钥签名的链接和会话仍然有效，下次升级或运行 `migrate` 时双重验证密钥改用新密钥加密",
        ),
    ),
    Setting(
        "REQUIRE_SECOND_FACTOR",
        BOOLEAN,
        (
            "staff come in only with a second factor; who has none is led to set it up",
            "工作人员须启用双重验证方可使用本系统，未启用者会被引导设置",
        ),
        default="false",
        production="true",
    ),
    Setting(
        "SESSION_IDLE_MINUTES",
        whole(0, 10_080),
        ("after which a session that isn't used has to sign in again; 0: no limit", "会话闲置多少分钟后须重新登录，0 表示不限"),
        default="1440",
        production="60",
    ),
    Setting(
        "SESSION_HOURS",
        whole(1, 720),
        ("after which every session has to sign in again", "登录多少小时后须重新登录"),
        default="336",
        production="12",
    ),
    Setting("INVITATION_DAYS", whole(1, 90), ("how long the link of an invitation works", "邀请链接的有效天数"), default="7"),
    Setting(
        "API_REQUESTS_PER_MINUTE",
        whole(),
        ("requests to the API of a person; 0: no limit", "每人每分钟访问 API 的次数，0 表示不限"),
        default="1200",
    ),
    Setting(
        "API_REQUESTS_PER_MINUTE_ANONYMOUS",
        whole(),
        ("the same of an address without a token", "无令牌时按地址计"),
        default="300",
    ),
    Setting(
        "ANSWER_REQUESTS_PER_MINUTE",
        whole(),
        (
            "requests of the answer page, a person (a stranger: an address); 0: no limit",
            "每人（陌生人按地址）每分钟访问答复页面的次数，0 表示不限",
        ),
        default="120",
    ),
)  # fmt: skip

STORAGE: tuple[Setting, ...] = (
    Setting(
        "DATA_DIR",
        PATH,
        ("uploads; embedded: everything", "上传文件；单机模式下为全部数据"),
        shown=("`var/`", "`var/`"),
        shown_production=("`/data` in the image", "镜像内为 `/data`"), where=Where.FIXED),
    Setting(
        "STATIC_ROOT",
        PATH,
        ("where static files are collected", "静态文件的收集目录"),
        shown=("`DATA_DIR/static`", "`DATA_DIR/static`"),
        shown_production=("`/app/static` in the image", "镜像内为 `/app/static`"), where=Where.FIXED),
    Setting(
        "DATABASE_URL",
        PLACE,
        (
            "`postgresql://user:password@host:port/name`. A pooler that shares connections between transactions has to pass "
            "on prepared statements (PgBouncer: 1.21 or newer, `max_prepared_statements`)",
            "`postgresql://user:password@host:port/name`。按事务共享连接的连接池须支持预备语句（PgBouncer 1.21 及以上，设 "
            "`max_prepared_statements`）",
        ),
        production=REQUIRED,
        shown=("SQLite in `DATA_DIR`", "`DATA_DIR` 中的 SQLite"),
        in_compose="postgresql://tracker@postgres:5432/tracker",
    ),
    Setting("DATABASE_URL_PASSWORD", SECRET, ("its password, apart", "单独给出的数据库密码"),
            shown_production=("in compose `POSTGRES_PASSWORD`", "compose 中为 `POSTGRES_PASSWORD`"), where=Where.FIXED),
    Setting(
        "REDIS_URL",
        PLACE,
        ("`redis://host:port/0`, `rediss://…`", "`redis://host:port/0`、`rediss://…`"),
        production=REQUIRED,
        shown=("the embedded server", "随附的服务"),
        in_compose="redis://redis:6379/0",
    ),
    Setting("REDIS_PASSWORD", SECRET, ("its password, apart; production needs one", "单独给出的密码，生产环境必填"), example=""),
    Setting(
        "EVIDENCE_MAX_MEGABYTES",
        whole(1, 1000),
        (
            "the largest file of evidence; the proxy has to let five of them and 3 MB pass, see above",
            "佐证文件的最大体积；代理须放行五个文件另加 3 MB，见上文",
        ),
        default="20",
    ),
    Setting("EVIDENCE_BUCKET", TEXT, (
        "the bucket of S3-compatible storage for files of evidence, needed where several hosts serve; empty: `DATA_DIR/media`",
        "存放佐证文件的 S3 兼容存储桶，多台主机提供服务时必需；留空则存于 `DATA_DIR/media`")),
    Setting("EVIDENCE_BUCKET_URL", PLACE, ("the address of its server, as `https://s3.example.org`", "其服务器地址，如 `https://s3.example.org`")),
    Setting("EVIDENCE_BUCKET_REGION", TEXT, ("its region, where the server has some", "其区域（服务器区分区域时）")),
    Setting("EVIDENCE_BUCKET_KEY", TEXT, ("the login there", "访问标识")),
    Setting("EVIDENCE_BUCKET_SECRET", SECRET, ("its secret", "访问密钥")),
    Setting("EVIDENCE_SCANNER", TEXT, ("the antivirus program, see *Files of evidence*", "杀毒程序，见“佐证文件”")),
)  # fmt: skip

OTHERS: tuple[Setting, ...] = (
    Setting(
        "WEBHOOK_ALLOWED_NETWORKS",
        LIST,
        (
            "inner networks that webhooks may reach, such as `10.1.0.0/16`; else public addresses only",
            "网络回调可到达的内部网段，如 `10.1.0.0/16`；否则只调用公网地址",
        ),
    ),
    Setting("WEBHOOK_HTTPS_ONLY", BOOLEAN, ("webhooks are called over HTTPS only", "网络回调只用 HTTPS"),
            default="false", production="true"),
    Setting(
        "WEBHOOK_PORTS",
        LIST,
        ("which ports webhooks may have", "网络回调可用的端口"),
        production="443,8443",
        shown=("`80,443,8080,8443`", "`80,443,8080,8443`"),
        shown_production=("`443,8443`", "`443,8443`"),
    ),
    Setting("WEBHOOK_LOG_DAYS", whole(1, 3650), ("for which told events and their attempts are kept", "已发送事件及其尝试记录的保留天数"),
            default="30"),
    Setting(
        "IDEMPOTENCY_HOURS",
        whole(1, 720),
        (
            "for which the answer to a request with an `Idempotency-Key` is kept",
            "带 `Idempotency-Key` 的请求，其答复的保留小时数",
        ),
        default="48",
    ),
    Setting(
        "METRICS_TOKEN",
        SECRET,
        (
            "who sends it (`Authorization: Bearer …`) reads `/metrics`; without it the address doesn't exist; 20 characters or "
            "more",
            "凭此令牌（`Authorization: Bearer …`）可读取 `/metrics`；未设置则该地址不存在；至少20个字符",
        ),
    ),
    Setting(
        "HEARTBEAT_URL",
        SECRET,
        (
            "called each minute while mail is planned and sent as it should be; the service behind it tells you when it "
            "isn't",
            "计划与发送均正常时每分钟访问一次；中断时由该监测服务告警",
        ),
    ),
    Setting("LOG_LEVEL", one_of("debug", "info", "warning", "error"), ("what is logged, from", "日志级别"), default="info"),
    Setting("LOG_FORMAT", one_of("text", "json"), ("one line a record, in UTC", "每条一行，UTC 时间"),
            default="text", production="json"),
)  # fmt: skip

OUTSIDE: tuple[Setting, ...] = (
    Setting("HOST", TEXT, ("where `make run` listens", "`make run` 的监听地址"), default="127.0.0.1", where=Where.EMBEDDED),
    Setting("PORT", whole(0, 65535), ("at which port; 0: any free one", "端口，0 表示任一空闲端口"), default="8000", where=Where.EMBEDDED),
    Setting("VENV", PATH, ("of the Makefile and the bootstrap: the environment", "Makefile 和引导程序使用的环境目录"),
            default=".venv", where=Where.EMBEDDED),
    Setting(
        "PYTHON",
        PATH,
        (
            "the interpreter; without it, the system's own Python where it is of the same version, as it is mostly built to "
            "be quicker",
            "解释器；未指定时，若系统自带同版本 Python 则用之，其构建通常更快",
        ),
        default="python3",
        where=Where.EMBEDDED,
    ),
    Setting("POSTGRES_PASSWORD", SECRET, ("of the service `postgres`", "`postgres` 服务的密码"), where=Where.COMPOSE, example=""),
    Setting(
        "PUBLISH",
        TEXT,
        ("where the web server listens on the host, for the proxy", "Web 服务在主机上的监听地址，供反向代理使用"),
        default="127.0.0.1:8000",
        where=Where.COMPOSE,
    ),
    Setting(
        "BOUNCE_FOLDER",
        PATH,
        (
            "the host's Maildir that containers see as `/bounces`; then `BOUNCE_MAILDIR=/bounces`",
            "主机上的 Maildir，容器内为 `/bounces`；同时设 `BOUNCE_MAILDIR=/bounces`",
        ),
        shown_production=("a volume", "数据卷"),
        where=Where.COMPOSE,
    ),
    Setting(
        "JOURNAL_FOLDER",
        PATH,
        (
            "the host's Maildir that containers see as `/journal`; then `MAIL_JOURNAL=maildir:/journal`",
            "主机上的 Maildir，容器内为 `/journal`；同时设 `MAIL_JOURNAL=maildir:/journal`",
        ),
        shown_production=("a volume", "数据卷"),
        where=Where.COMPOSE,
    ),
    Setting("IMAGE", TEXT, ("the image's name", "镜像名称"), default="roadmap-tracker:latest", where=Where.COMPOSE),
    Setting("BUILD_NETWORK", TEXT, ("the network that the image is built in", "构建镜像所用的网络"), default="default", where=Where.COMPOSE),
    Setting("SECRETS", PATH, ("the folder of docker-compose.secrets.yml", "docker-compose.secrets.yml 的密钥目录"),
            default="./secrets", where=Where.COMPOSE),
    Setting("ENV_FILE", PATH, ("another file in place of `.env`", "以另一文件代替 `.env`"), default=".env", where=Where.COMPOSE),
)  # fmt: skip

GROUPS: dict[Words, tuple[Setting, ...]] = {
    ("The site", "站点"): SITE,
    ("Keys and people", "密钥与人员"): PEOPLE,
    ("Single sign-on", "单点登录"): SINGLE_SIGN_ON,
    ("What is stored", "数据存储"): STORAGE,
    ("Mail", "邮件"): MAIL,
    ("Webhooks, watching and logs", "网络回调、监控与日志"): OTHERS,
    ("Of `make run` and of Docker Compose alone", "仅 `make run` 或 Docker Compose 使用"): OUTSIDE,
}
SETTINGS: dict[str, Setting] = {setting.name: setting for group in GROUPS.values() for setting in group}
