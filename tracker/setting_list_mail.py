"""The settings of mail; the others, and what the list is for, stand in ``setting_list``."""

from tracker.setting import BOOLEAN, HOURS, PATH, PLACE, REQUIRED, SECRET, TEXT, Setting, whole

MAIL: tuple[Setting, ...] = (
    Setting(
        "EMAIL_HOST",
        PLACE,
        ("the mail server; set it embedded to send for real", "邮件服务器；单机模式下设置后即真实发信"),
        default="127.0.0.1",
        production=REQUIRED,
        shown=("the embedded mailbox", "随附的邮箱"),
        example="smtp.example.org",
    ),
    Setting(
        "EMAIL_PORT",
        whole(1, 65535),
        ("its port", "端口"),
        production="587",
        shown=("the embedded mailbox's, else `587`", "随附邮箱的端口，否则 `587`"),
    ),
    Setting("EMAIL_USER", TEXT, ("its login", "登录名"), example=""),
    Setting("EMAIL_PASSWORD", SECRET, ("its password; not without TLS", "登录密码，须经 TLS"), example=""),
    Setting(
        "EMAIL_USE_TLS",
        BOOLEAN,
        ("STARTTLS", "STARTTLS"),
        default="false",
        production="true",
        shown_production=("`true`, unless `EMAIL_USE_SSL` is", "`true`，除非设了 `EMAIL_USE_SSL`"),
    ),
    Setting("EMAIL_USE_SSL", BOOLEAN, ("TLS from the first byte", "全程 TLS"), default="false"),
    Setting(
        "MAIL_FROM",
        PLACE,
        ("sender", "发件人"),
        default="Smart-Customs Roadmap Tracker <tracker@localhost>",
        production=REQUIRED,
        shown=("`tracker@localhost`", "`tracker@localhost`"),
        example="Smart-Customs Roadmap Tracker <roadmap@example.org>",
    ),
    Setting(
        "EMAIL_TIMEOUT",
        whole(1, 600),
        ("seconds for each step of a mail; leases follow from it", "邮件每一步的时限（秒）；租约由此推算"),
        default="60",
    ),
    Setting(
        "EMAIL_REPLY_TIMEOUT",
        whole(1, 3600),
        ("seconds for the answer to its final dot; hanging up sooner makes duplicates", "最后句点答复的时限（秒）；过早断开会造成重复"),
        default="600",
    ),
    Setting(
        "MAIL_CONNECTIONS",
        whole(1, 50),
        ("of one worker to the mail server, at the same time", "一个工作进程同时连接邮件服务器的数目"),
        default="4",
    ),
    Setting("MAIL_JOURNAL_ADDRESS", PLACE, ("second recipient of every mail", "每封邮件的第二收件人")),
    Setting(
        "MAIL_JOURNAL",
        PLACE,
        (
            "where its mails are read: `maildir:/path` or `imaps://user:password@host/folder`",
            "其邮件的读取位置：`maildir:/路径` 或 `imaps://user:password@host/folder`",
        ),
        shown=("the embedded mailbox", "随附的邮箱"),
    ),
    Setting(
        "MAIL_GRACE_SECONDS",
        whole(),
        ("seconds after which an unknown outcome is decided on", "结果不明后等待判定的秒数"),
        default="300",
    ),
    Setting(
        "MAILS_PER_MINUTE",
        whole(0, 100_000),
        (
            "the most that go in a minute, all workers together, for a mail server that takes no more; 0: as many as it takes",
            "每分钟最多发送的邮件数（所有工作进程合计），供有此限制的邮件服务器使用；0 表示不限",
        ),
        default="0",
    ),
    Setting(
        "MAIL_TEXT_DAYS",
        whole(0, 3650),
        (
            "for which the text of a mail is kept once it is sent or given up; that it was sent stays known; 0: for ever",
            "邮件发送或放弃后其正文保留的天数；发送记录一直保留；0 表示永久保留",
        ),
        default="30",
    ),
    Setting(
        "STOP_SECONDS",
        whole(1, 600),
        (
            "for which a worker that is asked to end still hears the answers to what it handed over; less than it is given "
            "before it is killed (compose: 30)",
            "工作进程收到停止请求后，继续等待已交付邮件答复的秒数；须小于被强制终止前的宽限时间（compose 为 30）",
        ),
        default="2",
        production="20",
    ),
    Setting(
        "MAIL_UNSUBSCRIBE",
        PLACE,
        ("a mailbox for unsubscribing by mail, named in mails beside the link", "接收退订邮件的邮箱，与退订链接一并写入信头"),
    ),
    Setting(
        "MAIL_RETURN_PATH",
        PLACE,
        ("the envelope's sender, where delivery reports go", "信封发件人，退信寄往此处"),
        shown=("`MAIL_FROM`", "`MAIL_FROM`"),
        shown_production=("`MAIL_FROM`", "`MAIL_FROM`"),
    ),
    Setting(
        "BOUNCE_MAILDIR",
        PATH,
        ("the Maildir of that mailbox; read every five minutes", "该邮箱的 Maildir 目录，每五分钟读取一次"),
    ),
    Setting(
        "ANSWER_LINK_DAYS",
        whole(1, 365),
        ("how many days the links in a reminder may be answered by", "提醒中答复链接的有效天数"),
        default="60",
    ),
    Setting(
        "QUIET_HOURS",
        HOURS,
        ("no mail then, on each reader's own clock; `none`: at any hour", "免打扰时段，按收件人所在时区计算；`none` 表示不设"),
        default="none",
        production="20:00-07:30",
    ),
    Setting(
        "QUIET_DAYS_OFF",
        BOOLEAN,
        (
            "reminders that can wait come on the next working day of their reader, by the calendar of the person "
            "(mainland, Hong Kong, Macao)",
            "不紧急的提醒推迟到收件人的下一个工作日，依其个人工作日历（内地、香港、澳门）",
        ),
        default="false",
        production="true",
    ),
)  # fmt: skip
