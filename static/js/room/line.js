// The line to the room: brings a fresh token as its first message, comes back by itself when it is cut, renews the token
// before it ends. What flows between the browsers meanwhile goes on without it.

const FINAL = new Set(["finished", "revoked", "elsewhere", "no_token", "malformed", "too_many_messages", "room_closed", "room_too_late"]);
const CLIENT = crypto.randomUUID();

export class Line {
  #socket = null;
  #pause = 500;
  #ended = false;
  #renewal = 0;

  constructor({ knock, hear, state }) {
    this.knock = knock; // fetches {url, token, expires_at, …}, or throws {title, detail}
    this.hear = hear; // called with each message
    this.state = state; // called with "open", "cut" or {closed: reason}
  }

  async open() {
    const way = await this.knock();
    this.#socket = new WebSocket(way.url);
    this.#socket.onopen = () => {
      this.#pause = 500;
      this.say({ kind: "enter", token: way.token, client: CLIENT });
      this.state("open");
    };
    this.#socket.onmessage = ({ data }) => this.#message(JSON.parse(data));
    this.#socket.onclose = () => this.#cut();
    this.#renew(way.expires_at);
    return way;
  }

  #message(message) {
    if (message.kind === "closed") {
      this.#ended = FINAL.has(message.reason);
      if (this.#ended) this.state({ closed: message.reason });
    } else if (message.kind !== "beat") {
      this.hear(message);
    }
  }

  #cut() {
    if (this.#ended) return;
    this.state("cut");
    setTimeout(() => this.open().catch(() => this.#cut()), this.#pause);
    this.#pause = Math.min(this.#pause * 2, 8000);
  }

  #renew(expires) {
    clearTimeout(this.#renewal);
    const early = Math.max(5_000, new Date(expires) - Date.now() - 120_000);
    this.#renewal = setTimeout(async () => {
      try {
        const way = await this.knock();
        this.say({ kind: "renew", token: way.token });
        this.#renew(way.expires_at);
      } catch {
        this.#renew(new Date(Date.now() + 150_000).toISOString());
      }
    }, early);
  }

  say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close() {
    this.#ended = true;
    clearTimeout(this.#renewal);
    this.say({ kind: "leave" });
    this.#socket?.close();
  }
}
