"""Pages: no style or script of their own, a word beside every icon, both languages, and nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest

from tests.house.source import STATIC, TEMPLATES, pages

TAG, VALUE, COMMENT = (
    re.compile(pattern, re.DOTALL) for pattern in (r"{%.*?%}", r"{{.*?}}", r"{% comment %}.*?{% endcomment %}")
)
WORDS_OF_TAGS = re.compile(r"{% (?:translate|icon) ['\"](.*?)['\"](?: as \w+)? %}")
BLOCKTRANSLATE = re.compile(r"{% blocktranslate.*?%}(.*?){% endblocktranslate %}", re.DOTALL)
ICON = "⌂"
HTML = [path for path in pages() if path.suffix == ".html"]
SHORT = pytest.mark.parametrize("path", HTML, ids=lambda path: str(path.relative_to(TEMPLATES)))


def shown(text: str) -> str:
    """Return a template roughly as it is shown: icons as ⌂, what is translated and filled in as a word, no tags."""
    text = re.sub(r"{% icon .*?%}", ICON, COMMENT.sub("", text))
    text = BLOCKTRANSLATE.sub("said", text)
    text = re.sub(r"{% translate .*?%}", "said", text)
    return TAG.sub("", VALUE.sub("filled", text))


def written(text: str) -> str:
    """Return what of a template's text is in no language file: neither translated nor filled in."""
    text = re.sub(r"{% translate .*?%}", "", BLOCKTRANSLATE.sub("", COMMENT.sub("", text)))
    text = re.sub(r"{% block (html|body) %}.*?{% endblock %}", "", text)  # attributes of the outermost tags
    return TAG.sub("", VALUE.sub("", text))


class Reader(HTMLParser):
    """Reads what a page shows: its text, the attributes people hear, and for each icon what stands with it."""

    HEARD = ("aria-label", "title", "alt", "placeholder")
    VOID = ("br", "img", "input", "link", "meta", "path", "use", "option")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.heard: list[str] = []
        self.icons: list[str] = []
        self._open: list[list[str]] = [[]]
        self.feed(html)

    def handle_starttag(self, tag: str, given) -> None:
        self.heard += [value or "" for name, value in given if name in self.HEARD]
        if tag not in self.VOID:
            self._open.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID or len(self._open) == 1:
            return
        inside = "".join(self._open.pop())
        if ICON in inside and (re.search(r"\w", inside) or len(self._open) == 1):
            self.icons += [inside] * inside.count(ICON)
            inside = inside.replace(ICON, "")
        self._open[-1].append(inside)

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self._open[-1].append(data)


@SHORT
def test_no_page_styles_or_scripts_itself(path):
    text = TAG.sub("", path.read_text(encoding="utf-8"))
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text)
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if " src=" not in tag] == []


@SHORT
def test_an_icon_never_stands_alone(path):
    wide = shown(path.read_text(encoding="utf-8"))
    assert [inside for inside in Reader(f"<div>{wide}</div>").icons if not re.search(r"\w", inside)] == []


def test_an_icon_that_does_is_seen():
    assert Reader(f"<div><button>{ICON}</button></div>").icons == [ICON]
    assert Reader(f"<div><button>{ICON} said</button></div>").icons == [f"{ICON} said"]


@SHORT
def test_every_icon_is_drawn(path):
    drawn = set(re.findall(r'id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    used = set(re.findall(r'{% icon "([\w-]+)" %}', path.read_text(encoding="utf-8")))
    assert used <= drawn


@SHORT
def test_every_word_is_in_both_languages(path):
    if path.name == "500.html":  # shown when nothing works, so it says everything twice by itself
        return
    read = Reader(written(path.read_text(encoding="utf-8")))
    names = {"Acompaña", "English", "Español", "Demo", "UTC", "acompana", "example", "NOT", "LIVE"}
    words = [word for text in [*read.text, *read.heard] for word in re.findall(r"[^\W\d_]{2,}", text)]
    assert [word for word in words if word not in names] == []


@SHORT
def test_a_form_that_changes_something_carries_its_token(path):
    text = path.read_text(encoding="utf-8")
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL)
    allauths = path.is_relative_to(TEMPLATES / "allauth")  # its views put the token into the form's body
    assert [form[:80] for form in forms if "{% csrf_token %}" not in form and not allauths] == []


@SHORT
def test_every_page_has_one_main_heading_place(path):
    text = path.read_text(encoding="utf-8")
    if "{% block page %}" in text and "{% block page %}{% endblock %}" not in text:
        assert text.count('id="main"') == 1
        assert "<main" in text


STATIC_TEXTS = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"}]


@pytest.mark.parametrize("path", [*STATIC_TEXTS, *HTML], ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path):
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", path.read_text(encoding="utf-8"))
    assert (
        re.findall(
            r"""(?:src|href)=["']\s*(?:https?:)?//[^"']*|url\(\s*["']?(?:https?:)?//|import\s.*["']https?://""", text
        )
        == []
    )
