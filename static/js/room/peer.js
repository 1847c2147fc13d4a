// One connection to one other person, after the "perfect negotiation" pattern (W3C WebRTC 1.0, section 10.7): whoever is
// polite gives way when both make an offer at once. A connection that falters gathers new routes at once, not when it fails.

export class Peer {
  #making = false;
  #ignoring = false;

  constructor({ ice, policy, polite, stream, send, shown }) {
    this.polite = polite;
    this.send = send;
    this.connection = new RTCPeerConnection({ iceServers: ice, iceTransportPolicy: policy });
    this.remote = new MediaStream();
    this.#offer(stream);
    this.connection.onnegotiationneeded = () => this.#negotiate();
    this.connection.onicecandidate = ({ candidate }) => send({ candidate });
    this.connection.ontrack = ({ track }) => {
      this.remote.addTrack(track);
      shown(this.remote);
    };
    this.connection.oniceconnectionstatechange = () => {
      if (["disconnected", "failed"].includes(this.connection.iceConnectionState)) this.connection.restartIce();
    };
  }

  get flows() {
    return this.connection.connectionState === "connected";
  }

  // What this device has is sent; what it lacks is still received.
  #offer(stream) {
    for (const kind of ["audio", "video"]) {
      const track = stream.getTracks().find((one) => one.kind === kind);
      if (track) this.connection.addTrack(track, stream);
      else this.connection.addTransceiver(kind, { direction: "recvonly" });
    }
  }

  async #negotiate() {
    try {
      this.#making = true;
      await this.connection.setLocalDescription();
      this.send({ description: this.connection.localDescription });
    } finally {
      this.#making = false;
    }
  }

  async hear({ description, candidate }) {
    if (description) await this.#describe(description);
    else if (candidate !== undefined) await this.#route(candidate);
  }

  async #describe(description) {
    const clash = description.type === "offer" && (this.#making || this.connection.signalingState !== "stable");
    this.#ignoring = !this.polite && clash;
    if (this.#ignoring) return;
    await this.connection.setRemoteDescription(description);
    if (description.type === "offer") {
      await this.connection.setLocalDescription();
      this.send({ description: this.connection.localDescription });
    }
  }

  // The routes of an ignored offer are dropped now: when they failed, the answer could have come and nothing be ignored any more.
  async #route(candidate) {
    if (!this.#ignoring) await this.connection.addIceCandidate(candidate ?? undefined);
  }

  // Send a track that was not there before, or stop sending one.
  async replace(kind, track) {
    const sender = this.connection.getSenders().find((one) => one.track?.kind === kind);
    if (sender) await sender.replaceTrack(track);
    else if (track) this.connection.addTrack(track, new MediaStream([track]));
  }

  close() {
    this.connection.close();
  }
}
