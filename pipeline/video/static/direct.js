// Two browsers directly: perfect negotiation (W3C WebRTC, section 10.7), with a restart when the way between them is
// lost. The polite one lets the other offer first and says when it is there to hear it, so that the two never collide
// at the start.

const RESTART_MS = 3000;

export class DirectPeer {
  // `send(data)` reaches the other; `onRemote(id, stream)`; `onState("connected" | "lost" | "failed")`.
  constructor({ send, other, isPolite, iceServers, isRelayOnly, onRemote, onState }) {
    this.send = send;
    this.isPolite = isPolite;
    this.onState = onState;
    this.isOffering = false;
    this.isIgnoring = false;
    this.candidates = [];
    const settings = { iceServers, bundlePolicy: "max-bundle" };
    if (isRelayOnly) settings.iceTransportPolicy = "relay";
    this.connection = new RTCPeerConnection(settings);
    this.connection.onnegotiationneeded = () => (!isPolite || this.connection.remoteDescription) && this.offer();
    this.connection.onicecandidate = ({ candidate }) => candidate && send({ candidate });
    this.connection.ontrack = ({ streams, track }) => onRemote(other, streams[0] || new MediaStream([track]));
    this.connection.onconnectionstatechange = () => this.changed();
  }

  async start(stream) {
    for (const kind of ["audio", "video"]) {
      const track = stream && stream.getTracks().find((one) => one.kind === kind);
      if (track) this.connection.addTrack(track, stream);
      else if (!this.isPolite) this.connection.addTransceiver(kind, { direction: "recvonly" });
    }
    if (this.isPolite) this.send({ ready: true });
  }

  async replaceVideo(track) {
    const sender = this.connection.getSenders().find((one) => one.track && one.track.kind === "video");
    if (sender) await sender.replaceTrack(track);
    return Boolean(sender);
  }

  async offer() {
    try {
      this.isOffering = true;
      await this.connection.setLocalDescription();
      this.send({ description: this.connection.localDescription });
    } finally {
      this.isOffering = false;
    }
  }

  async handle({ description, candidate, ready }) {
    const connection = this.connection;
    if (ready && !this.isPolite && connection.signalingState === "have-local-offer")
      this.send({ description: connection.localDescription });
    if (description) {
      const collides = description.type === "offer" && (this.isOffering || connection.signalingState !== "stable");
      this.isIgnoring = !this.isPolite && collides;
      if (this.isIgnoring) return;
      await connection.setRemoteDescription(description);
      for (const early of this.candidates.splice(0)) await this.add(early);
      if (description.type === "offer") {
        await connection.setLocalDescription();
        this.send({ description: connection.localDescription });
      }
    } else if (candidate) {
      if (connection.remoteDescription) await this.add(candidate);
      else this.candidates.push(candidate);
    }
  }

  async add(candidate) {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.isIgnoring) throw error;
    }
  }

  changed() {
    const state = this.connection.connectionState;
    clearTimeout(this.restart);
    if (state === "connected") this.onState("connected");
    if (state === "disconnected") {
      this.onState("lost");
      this.restart = setTimeout(() => this.connection.restartIce(), RESTART_MS);
    }
    if (state === "failed") {
      this.onState("failed");
      this.connection.restartIce();
    }
  }

  async stats() {
    return this.connection.getStats();
  }

  close() {
    clearTimeout(this.restart);
    this.connection.close();
  }
}
