// The room's page: at the door, waiting, inside, or over; one of them shows at a time.
import { Line } from "./line.js";
import { Media } from "./media.js";
import { Peer } from "./peer.js";

const page = document.getElementById("main");
const words = JSON.parse(document.getElementById("words").textContent);
const find = (name) => page.querySelector(`[data-${name}]`) ?? document.querySelector(`[data-${name}]`);
const GRACE = 30_000; // how long a picture that still flows is kept after its line was cut

const media = new Media();
const peers = new Map(); // participant id → {peer, client, tile, gone}
const early = new Map(); // page of a participant → what it said before we were told that it is inside
let line = null;
let way = null;
let me = null;

function show(part) {
  for (const one of page.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== part;
  document.querySelector("[data-controls]").hidden = !["waiting", "inside"].includes(part);
  document.body.dataset.showing = part;
}

// --- at the door -----------------------------------------------------------------------------------------------------

async function knock() {
  const answer = await fetch(page.dataset.knock, {
    method: "POST",
    headers: { "X-CSRFToken": page.dataset.csrf, Accept: "application/json" },
  });
  const body = await answer.json();
  if (!answer.ok) throw body;
  return body;
}

async function enter(video) {
  show("opening");
  const got = await media.open({ video });
  tellDevices(got, video);
  showSelf();
  try {
    line = new Line({ knock, hear, state: lineState });
    way = await line.open();
  } catch (problem) {
    over(problem.title ?? words.unreachable, problem.detail ?? words.tryAgain);
  }
}

function tellDevices(got, video) {
  const missing = [];
  if (got.audio !== true) missing.push(words.microphone[got.audio] ?? words.microphone.other);
  if (video && got.video !== true) missing.push(words.camera[got.video] ?? words.camera.other);
  find("devices").textContent = missing.join(" ");
  find("devices").hidden = missing.length === 0;
}

function showSelf() {
  for (const self of document.querySelectorAll("[data-self]")) self.srcObject = media.stream;
  for (const kind of ["audio", "video"]) pressed(kind, media.on(kind));
}

// --- what the room says ----------------------------------------------------------------------------------------------

function hear(message) {
  if (message.kind === "room") room(message);
  if (message.kind === "signal") signal(message);
}

// An offer may overtake the news that its sender is inside: it is kept until then, or both would wait for the other.
function signal({ from, client, data }) {
  const known = peers.get(from);
  if (known?.client === client) known.peer.hear(data);
  else early.set(client, [...(early.get(client) ?? []), data]);
}

function room({ you, inside, waiting }) {
  me = you;
  show(you.admitted ? "inside" : "waiting");
  const others = you.admitted ? inside.filter((one) => one.id !== you.id) : [];
  for (const one of others) meet(one);
  for (const [id, known] of peers) if (!others.some((one) => one.id === id)) miss(id, known);
  find("alone").hidden = others.length > 0;
  atTheDoor(waiting.filter((one) => one.id !== you.id));
}

function meet(other) {
  const known = peers.get(other.id);
  if (known && known.client === other.client) {
    clearTimeout(known.gone);
    known.gone = 0;
    return;
  }
  if (known) forget(other.id);
  const tile = newTile(other);
  const peer = new Peer({
    ice: way.ice_servers,
    policy: way.ice_transport_policy,
    polite: me.id > other.id,
    stream: media.stream,
    send: (data) => line.say({ kind: "signal", to: other.id, data }),
    shown: (stream) => (tile.querySelector("video").srcObject = stream),
  });
  peers.set(other.id, { peer, client: other.client, tile, gone: 0 });
  for (const data of early.get(other.client) ?? []) peer.hear(data);
  early.delete(other.client);
}

// Somebody's line is gone. If their picture still flows, they are probably coming back: keep it a while.
function miss(id, known) {
  if (!known.peer.flows) forget(id);
  else if (!known.gone) known.gone = setTimeout(() => forget(id), GRACE);
}

function forget(id) {
  const known = peers.get(id);
  known?.peer.close();
  known?.tile.remove();
  peers.delete(id);
}

function newTile(other) {
  const tile = document.getElementById("tile").content.firstElementChild.cloneNode(true);
  tile.querySelector("[data-name]").textContent = other.name;
  tile.dataset.participant = other.id;
  find("tiles").prepend(tile);
  return tile;
}

function atTheDoor(waiting) {
  const list = find("door");
  list.hidden = waiting.length === 0;
  const known = new Set(waiting.map((one) => one.id));
  for (const row of [...list.children]) if (!known.has(row.dataset.id)) row.remove();
  for (const one of waiting.filter((each) => !list.querySelector(`[data-id="${each.id}"]`))) {
    const row = document.getElementById("waiting-row").content.firstElementChild.cloneNode(true);
    row.dataset.id = one.id;
    row.querySelector("[data-name]").textContent = one.name;
    row.querySelector("button").addEventListener("click", () => line.say({ kind: "admit", id: one.id }));
    list.append(row);
  }
}

const FOR_GOOD = new Set(["finished", "revoked", "room_closed", "room_too_late"]);

function lineState(state) {
  find("cut").hidden = state !== "cut";
  find("again").hidden = FOR_GOOD.has(state.closed);
  if (state.closed) over(words.closed[state.closed]?.[0] ?? words.closed.other[0], words.closed[state.closed]?.[1] ?? words.closed.other[1]);
}

function over(title, detail) {
  for (const id of [...peers.keys()]) forget(id);
  media.close();
  find("over-title").textContent = title;
  find("over-detail").textContent = detail;
  show("over");
  find("over-title").focus();
}

// --- the controls ----------------------------------------------------------------------------------------------------

function pressed(kind, on) {
  const button = find(kind);
  button.setAttribute("aria-pressed", String(!on));
  button.querySelector("span").textContent = on ? button.dataset.on : button.dataset.off;
  button.disabled = !media.has(kind);
}

find("audio").addEventListener("click", () => pressed("audio", media.toggle("audio")));
find("video").addEventListener("click", () => pressed("video", media.toggle("video")));
find("leave").addEventListener("click", () => {
  line?.close();
  over(...words.left);
});
find("enter").addEventListener("click", () => enter(true));
find("enter-voice").addEventListener("click", () => enter(false));
addEventListener("pagehide", () => line?.close());

if (!globalThis.RTCPeerConnection || !navigator.mediaDevices) over(...words.unsupported);
else show("door");
