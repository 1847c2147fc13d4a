// The camera and microphone of this device: asked for together, then one by one, and the visit goes on without either.

export class Media {
  stream = new MediaStream();

  // Resolves to what was got: {video, audio}, each true or the name of why not.
  async open({ video }) {
    const wanted = { audio: { echoCancellation: true, noiseSuppression: true }, video: video && { width: 640, height: 480, facingMode: "user" } };
    try {
      this.#add(await navigator.mediaDevices.getUserMedia(wanted));
      return { audio: true, video: Boolean(video) };
    } catch (both) {
      return { audio: await this.#one({ audio: wanted.audio }), video: video ? await this.#one({ video: wanted.video }) : false };
    }
  }

  async #one(wanted) {
    try {
      this.#add(await navigator.mediaDevices.getUserMedia(wanted));
      return true;
    } catch (error) {
      return error.name;
    }
  }

  #add(stream) {
    for (const track of stream.getTracks()) this.stream.addTrack(track);
  }

  has(kind) {
    return this.stream.getTracks().some((track) => track.kind === kind && track.readyState === "live");
  }

  on(kind) {
    return this.stream.getTracks().some((track) => track.kind === kind && track.enabled);
  }

  toggle(kind) {
    const on = !this.on(kind);
    for (const track of this.stream.getTracks()) if (track.kind === kind) track.enabled = on;
    return on;
  }

  close() {
    for (const track of this.stream.getTracks()) track.stop();
  }
}
