// Three and more through the service's forwarding unit: one connection, the browser offers, slots are filled by name.

const SLOTS = 5;

export class SfuPeer {
  constructor({ send, iceServers, isRelayOnly, onRemote, onGone, onState }) {
    this.send = send;
    this.onRemote = onRemote;
    this.onGone = onGone;
    this.onState = onState;
    this.shown = new Map();
    const settings = { iceServers, bundlePolicy: "max-bundle" };
    if (isRelayOnly) settings.iceTransportPolicy = "relay";
    this.connection = new RTCPeerConnection(settings);
    this.connection.onconnectionstatechange = () => this.changed();
    this.connection.onicecandidate = ({ candidate }) => candidate && send({ type: "candidate", candidate: candidate.toJSON() });
  }

  // One place to send each kind, and five of each to receive: all of them in the first offer, so none follows.
  async start(stream) {
    const own = {};
    for (const kind of ["audio", "video"]) {
      const track = stream && stream.getTracks().find((one) => one.kind === kind);
      own[kind] = this.connection.addTransceiver(track || kind, { direction: "sendonly", streams: stream ? [stream] : [] });
    }
    this.own = own;
    this.slots = [];
    for (let slot = 0; slot < SLOTS; slot += 1)
      this.slots.push(["audio", "video"].map((kind) => this.connection.addTransceiver(kind, { direction: "recvonly" })));
    for (const codecs of [RTCRtpReceiver.getCapabilities("video")]) {
      const wanted = codecs.codecs.filter((one) => /\/(VP8|rtx)$/.test(one.mimeType));
      for (const one of this.connection.getTransceivers())
        if (one.receiver.track.kind === "video") one.setCodecPreferences(wanted);
    }
    await this.connection.setLocalDescription();
    this.send({ type: "offer", sdp: this.connection.localDescription.sdp });
  }

  async handle(message) {
    if (message.type === "answer") await this.connection.setRemoteDescription({ type: "answer", sdp: message.sdp });
    if (message.type === "slots") this.fill(message.slots);
  }

  // `slots` names, place by place, whose sound and picture come there; null is nobody.
  fill(slots) {
    slots.forEach((who, place) => {
      const before = this.shown.get(place) || null;
      if (before === who) return;
      if (before) this.onGone(before);
      this.shown.set(place, who);
      if (who && this.slots[place]) {
        const tracks = this.slots[place].map((one) => one.receiver.track);
        this.onRemote(who, new MediaStream(tracks));
      }
    });
  }

  async replaceVideo(track) {
    await this.own.video.sender.replaceTrack(track);
    return true;
  }

  changed() {
    const state = this.connection.connectionState;
    if (state === "connected") this.onState("connected");
    if (state === "disconnected") this.onState("lost");
    if (state === "failed") this.onState("failed");
  }

  async stats() {
    return this.connection.getStats();
  }

  close() {
    this.connection.close();
  }
}
