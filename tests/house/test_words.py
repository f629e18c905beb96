"""One thing has one word, in both languages. The words are those of docs/glossary.md; here stand those that may not
occur in their place, each with the few texts that use one in another sense, and why."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import polib
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
MESSAGES = ROOT / "roadmap/locale/zh_Hans/LC_MESSAGES/django.po"
READ_BY_PEOPLE = (
    "roadmap/**/*.py",
    "roadmap/templates/**/*",
    "roadmap/locale/**/*.po",
    "tracker/*.py",
    "embedded/*.py",
)
CUT_SHORT = re.compile("(?<!Smart-Customs )Roadmap Tracker|(?<!智慧海关)路线图跟踪系统")
DOCS = [*ROOT.glob("docs/*.md"), *ROOT.glob("*.md")]
NOT_READ_BY_OFFICERS = {"house.md", "delivery-proof.md"}  # of the code and its tests, in the words of those
OF_PROGRAMS = {r"\btold\b|\btells\b", r"\bupdates?\b"}  # of events and versions, in texts for those who program
NOT_PROSE = re.compile(r"%\(\w+\)[a-z]|%[sd]|`[^`]*`|<[^>]*>|\{[^}]*\}|https?://\S+|\S*[/_]\S*\.\w+")

# what may not be read: a pattern -> the word that stands in its place
ENGLISH = {
    r"\blate\b": "overdue",
    r"\bconfirm": "verify (a milestone), acknowledge (a reminder), or apply (a button)",
    r"passed up|pass(es)? it up": "escalate",
    r"(?<!\()(?<!planned and )\bearn(s|ed)?\b": "actual progress; “earned value” only where the word is explained",
    r"\bamber\b|(?<!in )\b(red|green)\b": "on track, at risk, off track",
    r"\btold\b|\btells\b": "who does what: reports, sends, reminds",
    r"\bsilen(t|ce)\b": "no recent report",
    r"(?<!percentage )\bpoints?\b(?! (in)?to\b| at\b)": "percentage points",
    r"\bupdates?\b": "report",
    r"\bby itself\b|in your hands|not yours\b": "a sentence that says who does what",
    r"\bin force\b|on course|taken? back|takes? back|made.up\b|\banew\b|\bmeanwhile\b": "a plain word",
    r"organisation's leads?\b": "organisation lead",
    r"(?<!history )(?<!browser )\bchain\b": "check of the change records",
}
CHINESE = {
    "关口": "阶段节点",
    "上报": "填报 (a report), 提请督办 (an escalation)",
    "确认": "核验, 阅知, 保存 or 执行, by the act meant",
    "(?<!单位)负责人": "责任人 (of a milestone), 单位负责人 (of an organisation)",
    "摘要": "简报 (a mail), 校验值 (a hash)",
    "参与人": "填报员",
    "更新者": "填报人",
    "进展更新|进度更新": "进展填报",
    "沉默|久未填报": "长期未填报",
    "工作线": "工作条线",
    "(?<!单位)部门": "单位",
    "基线": "基准计划",
    "历史链|链头": "变更记录校验",
    "待发信": "待发邮件 or 发件记录",
    "发送通道": "暂停发送, 恢复发送",
    "证明材料": "佐证材料",
    "改期|变更预计日期": "调整到期日 (moves it), 填报预计完成日期 (doesn't)",
    "天前到期": "逾期（…天）",
    "(?<!（)挣值|(?<!（)计划值|实际值": "实际完成率, 计划完成率",
    "(?<!÷计划，)(?<!指数（)SPI": "进度指数",
    r"[\d□] *点": "百分点",
    "个里程碑": "项里程碑",
    "你": "您",
    r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]": "full-width punctuation",
    r"[\d□] +[项天个条秒封次]|[第共] +[\d□]": "no space between a number and its measure word",
}
EXCEPTIONS: Mapping[str, str] = {  # the message -> the word it uses in another sense
    "They come on the next working day, unless that would be too late. Unknown: as set for the site.": "late",
    "HTML by itself": "by itself",  # alone in its tab
    "By itself": "by itself",
    "green: verified · blue: actual · line: planned": "green",  # colours of a drawing
    "Confirm that it is you": "confirm",  # by a password: nothing of the roadmap
    "must be done before; red: not in this order": "red",
}


def texts_of_messages() -> Iterator[tuple[str, str, str]]:
    """Language, where, and text of each message."""
    for entry in polib.pofile(str(MESSAGES)):
        if entry.obsolete:
            continue
        for text in filter(None, (entry.msgid, entry.msgid_plural)):
            yield "en", entry.msgid, text
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            yield "zh", entry.msgid, text


def texts_of_docs() -> Iterator[tuple[str, str, str]]:
    """Language, place, and text of each line of the documentation; without code."""
    for path in DOCS:
        text = re.sub(r"```.*?```", lambda code: "\n" * code[0].count("\n"), path.read_text(), flags=re.S)
        for number, line in enumerate(text.splitlines(), 1):
            language = "zh" if path.name.endswith(".zh-hans.md") else "en"
            if path.name not in NOT_READ_BY_OFFICERS:
                yield language, f"{path.name}:{number}", re.sub(r"`[^`]*`", "·", line)


def texts_of_the_api(part: object, *steps: str) -> Iterator[tuple[str, str, str]]:
    """Language, place, and text of whatever the description of the API says in words."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if isinstance(inner, str) and name in {"title", "summary", "description"}:
                yield "en", "/".join(steps), inner
            elif name not in {"example", "examples"}:
                yield from texts_of_the_api(inner, *steps, str(name))
    elif isinstance(part, list):
        for inner in part:
            yield from texts_of_the_api(inner, *steps)


def breaches(texts: Iterator[tuple[str, str, str]], *, besides: Collection[str] = ()) -> list[str]:
    """Each use of a word that may not be used there, and what stands in its place; ``besides`` are free to be used."""
    found = []
    for language, where, text in texts:
        prose = NOT_PROSE.sub("□", text)
        for pattern, instead in (ENGLISH if language == "en" else CHINESE).items():
            if pattern in besides:
                continue
            if (hit := re.search(pattern, prose, re.IGNORECASE)) and hit[0].lower() != EXCEPTIONS.get(where):
                found.append(f"{where}: “{hit[0]}”; say {instead}")
    return found


def test_the_product_has_one_name():
    texts = {path: path.read_text() for pattern in READ_BY_PEOPLE for path in ROOT.glob(pattern) if path.is_file()}
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if CUT_SHORT.search(text)] == []


def test_messages_keep_to_the_glossary():
    assert breaches(texts_of_messages()) == []


def test_documentation_keeps_to_the_glossary():
    assert breaches(texts_of_docs(), besides=OF_PROGRAMS) == []


def test_description_of_the_api_keeps_to_the_glossary():
    described = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())
    assert breaches(texts_of_the_api(described), besides=OF_PROGRAMS) == []
