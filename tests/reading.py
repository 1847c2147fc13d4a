"""How a test reads a page: as a person does, by its words, its fields and where its links lead."""

from html.parser import HTMLParser

UNSEEN = {"script", "style", "template", "title", "datalist", "svg"}
HEADINGS = {"h1", "h2", "h3"}
VOID = {"br", "img", "input", "link", "meta", "path", "use"}
BLOCKS = {"p", "li", "div", "h1", "h2", "h3", "td", "th", "button", "dt", "dd", "a", "span", "label"}


class Page(HTMLParser):
    """One answer, read: `words` in one line, `headings`, `fields` by name, `links` by their words, `errors`, forms."""

    def __init__(self, response) -> None:
        super().__init__()
        self.status = response.status_code
        self.html = response.content.decode()
        self.language = response.headers.get("Content-Language", "")
        self.headings: list[str] = []
        self.errors: list[str] = []
        self.fields: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.actions: list[str] = []
        self.slots: list[str] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._words: list[str] = []
        self.feed(self.html)

    @property
    def words(self) -> str:
        return _line(self._words)

    @property
    def title(self) -> str:
        return self.headings[0]

    def handle_starttag(self, tag: str, given) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag == "form":
            self.actions.append(attributes.get("action", ""))
        if tag == "input":
            self._field(attributes)
        elif tag not in VOID:
            self._open.append((tag, attributes, []))
        if tag in BLOCKS:
            self._say(" ")

    def _field(self, attributes: dict[str, str]) -> None:
        name, kind = attributes.get("name", ""), attributes.get("type", "")
        if name == "slot":
            self.slots.append(attributes["value"])
        elif kind not in ("radio", "checkbox"):
            self.fields[name] = attributes.get("value", "")
        elif "checked" in attributes:
            self.fields[name] = attributes.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in VOID:
            opened, attributes, inside = self._open.pop()
            self._close(opened, attributes, _line(inside))
            if opened == tag:
                break

    def _close(self, tag: str, attributes: dict[str, str], words: str) -> None:
        if tag in HEADINGS:
            self.headings.append(words)
        elif tag == "a":
            self.links[words] = attributes.get("href", "")
        elif tag == "textarea":
            self.fields[attributes["name"]] = words
        elif tag == "option" and "selected" in attributes:
            self._pick(attributes.get("value", words))
        if "oops" in attributes.get("class", ""):
            self.errors.append(words)

    def _pick(self, value: str) -> None:
        select = next(attributes for tag, attributes, _ in reversed(self._open) if tag == "select")
        self.fields[select["name"]] = value

    def handle_data(self, data: str) -> None:
        if not any(tag in UNSEEN for tag, _, _ in self._open):
            self._say(data)

    def _say(self, words: str) -> None:
        self._words.append(words)
        for _, _, inside in self._open:
            inside.append(words)


def _line(pieces: list[str]) -> str:
    return " ".join("".join(pieces).replace("\u00a0", " ").split())


def read(response) -> Page:
    """Return the page an answer brought."""
    return Page(response)
