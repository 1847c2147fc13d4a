from tests.reading import read
from tests import factories
def test_scratch(client, clock, outbox, dr_ramos, esperanza, lupita):
    p = read(client.get("/horas/?state=TX&language=es"))
    print(p.status, p.words, p.headings, p.links, len(p.slots))
    r = client.post("/apartar/", {"slot": p.slots[0]}); print(r.status_code, r.url)
    h = read(client.get(r.url)); print(h.words, h.fields)
    e = read(client.post(r.url, {"name":"Lupita","country":"US","phone":"713 555 014","reason":"x"})); print(e.status, e.errors, e.fields)
    e = client.post(r.url, {"name":"Lupita","country":"US","phone":"713 555 0142","reason":"x"}); print(e.status_code, e.url)
    print(read(client.get(e.url)).words)
    print(outbox.code())
    e = client.post(e.url, {"code": outbox.code()}); print(e.url)
    print(read(client.get(e.url)).words)
    p = read(client.get("/horas/?state=WY&language=mxb")); print(p.words, p.links)
    for m in outbox.messages(): print(m.address, m.subject, m.body, m.calendar[:50])
