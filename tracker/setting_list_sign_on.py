"""The settings of single sign-on; the others, and what the list is for, stand in ``setting_list``."""

from tracker.setting import BOOLEAN, LIST, PLACE, SECRET, TEXT, Setting

SINGLE_SIGN_ON: tuple[Setting, ...] = (
    Setting("OIDC_ISSUER", PLACE, ("the identity provider, as it calls itself; empty: no single sign-on", "身份提供方的标识地址；留空则不启用单点登录")),
    Setting("OIDC_CLIENT_ID", TEXT, ("this site's name there", "本站在该处的客户端标识")),
    Setting("OIDC_CLIENT_SECRET", SECRET, ("its secret", "客户端密钥")),
    Setting("OIDC_NAME", TEXT, ("what its button says", "登录按钮上的名称"), default="SSO"),
    Setting("OIDC_SCOPES", LIST, ("what is asked for", "请求的范围"), default="openid,profile,email"),
    Setting(
        "OIDC_CLAIMS",
        LIST,
        (
            "which claim is what: `email=…`, `name=…`, `organisation=…` (the code of an organisation), `role=…`. The claim "
            "`email` counts only with `email_verified`",
            "各项信息取自哪个声明：`email=…`、`name=…`、`organisation=…`（单位代码）、`role=…`。声明 `email` 须有 `email_verified` 才有效",
        ),
        default="email=email,name=name",
    ),
    Setting(
        "OIDC_ROLES",
        LIST,
        (
            "which value of the claim `role` gives which role, as `tracker-office=office,*=observer`; the first that fits "
            "counts at each sign-in, and whoever has none is refused. Empty: roles are managed here, new people are observers",
            "`role` 声明的哪个值对应哪个角色，如 `tracker-office=office,*=observer`；每次登录取首个匹配项，均不匹配者拒绝登录。留空则在本系统管理角色，新用户为观察员",
        ),
    ),
    Setting("FEISHU_APP_ID", TEXT, ("in place of OIDC_ISSUER: this site's name at Feishu", "代替 OIDC_ISSUER：本站在飞书的应用标识")),
    Setting("FEISHU_APP_SECRET", SECRET, ("its secret", "应用密钥")),
    Setting("FEISHU_TENANT_KEY", TEXT, ("the organisation there; nobody of another one comes in", "飞书企业标识，其他企业人员不能登录")),
    Setting("DINGTALK_CLIENT_ID", TEXT, ("in place of OIDC_ISSUER: this site's name at DingTalk", "代替 OIDC_ISSUER：本站在钉钉的应用标识")),
    Setting("DINGTALK_CLIENT_SECRET", SECRET, ("its secret", "应用密钥")),
    Setting("DINGTALK_CORP_ID", TEXT, ("the organisation there; nobody of another one comes in", "钉钉企业标识，其他企业人员不能登录")),
    Setting("OIDC_PROVISION", BOOLEAN, ("whoever comes for the first time gets an account", "首次登录者自动建立账号"), default="false"),
)  # fmt: skip
