"""What the website's style sheet says of drawings in its light colours, as attributes by class; see ``site.css``."""

FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif"
INK, PAPER, MUTED, RULE, ACCENT, GOLD = "#14213d", "#ffffff", "#5b6575", "#d9dee7", "#0b3d91", "#c8962e"
TONES = {"done": "#1b7f5c", "track": ACCENT, "risk": "#a66300", "late": "#b3261e", "cancelled": MUTED}
DRESS = {
    "lane": f'fill="none" stroke="{RULE}"',
    "year": f'fill="none" stroke="{RULE}"',
    "rule": f'fill="none" stroke="{INK}"',
    "gate": f'fill="none" stroke="{GOLD}" stroke-width="2"',
    "band": f'fill="{GOLD}" fill-opacity="0.25" stroke="none"',
    "today": f'fill="none" stroke="{ACCENT}" stroke-width="1.5" stroke-dasharray="4 3"',
    "planned": f'fill="none" stroke="{MUTED}" stroke-width="1.8" stroke-dasharray="6 4"',
    "earned": f'fill="none" stroke="{ACCENT}" stroke-width="3"',
    "verified": f'fill="none" stroke="{TONES["done"]}" stroke-width="2"',
    "gap": f'fill="{ACCENT}" fill-opacity="0.1" stroke="none"',
    "dot planned": f'fill="{PAPER}" stroke="{MUTED}" stroke-width="1.8"',
    "dot earned": f'fill="{ACCENT}" stroke="none"',
    "span": f'fill="{RULE}" stroke="none"',
    "slip": f'fill="none" stroke="{MUTED}" stroke-width="1.2" stroke-dasharray="2 2"',
    "arrow": f'fill="none" stroke="{MUTED}" stroke-width="1"',
    "arrow broken": f'fill="none" stroke="{TONES["late"]}" stroke-width="1.2"',
    "tip": f'fill="{MUTED}" stroke="none"',
    "tip broken": f'fill="{TONES["late"]}" stroke="none"',
    "ghost": f'fill="{PAPER}" stroke="{MUTED}" stroke-width="1.2"',
    "forecast": f'fill="{PAPER}" stroke="{TONES["risk"]}" stroke-width="1.6"',
    "inner": f'fill="none" stroke="{PAPER}" stroke-width="2"',
    **{f"mark {state}": f'fill="{tone}" stroke="none"' for state, tone in TONES.items()},
    **{f"cluster {state}": f'fill="{PAPER}" stroke="{tone}" stroke-width="2"' for state, tone in TONES.items()},
    "mark track": f'fill="{PAPER}" stroke="{ACCENT}" stroke-width="2.2"',
    "mark cancelled": f'fill="none" stroke="{MUTED}" stroke-width="2.2"',
}
TEXTS = {
    "axis": f'fill="{MUTED}" font-size="12"',
    "gate": f'fill="{INK}" font-size="12" font-weight="600"',
    "today": f'fill="{ACCENT}" font-size="12" font-weight="600"',
    "group": f'fill="{INK}" font-size="14" font-weight="600"',
    "label": f'fill="{INK}" font-size="13"',
    "name": f'fill="{INK}" font-size="12"',
    "count": f'fill="{INK}" font-size="11" font-weight="600"',
    "head": f'fill="{INK}" font-size="20" font-weight="600"',
    "foot": f'fill="{MUTED}" font-size="11"',
}
