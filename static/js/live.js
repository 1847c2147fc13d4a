// Live pages: the socket says "look again", the page fetches its fragment again over HTTP (htmx, on the event look-again).
// Every five seconds a beat brings a digest of what may be seen; a digest that changed unannounced is fetched too.
// Fifteen seconds of silence, and the page says that it is not live.
const SILENCE = 15_000;
const address = document.body.dataset.live;
const banner = document.querySelector("[data-not-live]");
let heard = performance.now();
let digest = null;
let pause = 500;

const lookAgain = () => document.body.dispatchEvent(new Event("look-again"));

function live(yes) {
  if (!banner || banner.hidden === yes) return;
  if (!yes) banner.querySelector("[data-since]").textContent = new Date().toLocaleTimeString(document.documentElement.lang);
  banner.hidden = yes;
}

function connect() {
  const socket = new WebSocket(address);
  socket.onopen = () => {
    pause = 500;
    heard = performance.now();
  };
  socket.onmessage = ({ data }) => {
    heard = performance.now();
    live(true);
    const message = JSON.parse(data);
    if (message.kind !== "beat") return lookAgain();
    if (digest !== null && digest !== message.digest) lookAgain();
    digest = message.digest;
  };
  socket.onclose = () => {
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, 10_000);
  };
}

if (address) {
  connect();
  setInterval(() => {
    if (performance.now() - heard > SILENCE) live(false);
  }, 1000);
  banner?.querySelector("[data-retry]").addEventListener("click", () => location.reload());
  addEventListener("pageshow", ({ persisted }) => persisted && lookAgain());
}
