// Three and more through Janus: one connection sends, one receives; Janus offers the latter anew whenever the others
// change, and `places` says whose sound and picture lies where.

export class JanusPeer {
  constructor({ send, iceServers, isRelayOnly, onRemote, onGone, onState }) {
    this.send = send;
    this.onRemote = onRemote;
    this.onGone = onGone;
    this.onState = onState;
    this.streams = new Map();
    this.work = Promise.resolve();
    this.settings = { iceServers, bundlePolicy: "max-bundle" };
    if (isRelayOnly) this.settings.iceTransportPolicy = "relay";
    this.outward = this.connect("send");
    this.inward = this.connect("receive");
  }

  connect(way) {
    const connection = new RTCPeerConnection(this.settings);
    connection.onconnectionstatechange = () => this.changed();
    connection.onicecandidate = ({ candidate }) =>
      this.send({ type: "candidate", for: way, candidate: candidate ? candidate.toJSON() : null });
    return connection;
  }

  async start(stream) {
    const own = {};
    for (const kind of ["audio", "video"]) {
      const track = stream && stream.getTracks().find((one) => one.kind === kind);
      own[kind] = this.outward.addTransceiver(track || kind, { direction: "sendonly", streams: stream ? [stream] : [] });
    }
    this.own = own;
    await this.outward.setLocalDescription();
    this.send({ type: "offer", sdp: this.outward.localDescription.sdp });
  }

  // One description after the other: Janus may say two things in a row.
  handle(message) {
    this.work = this.work.then(() => this.take(message));
    return this.work;
  }

  async take({ type, sdp, places }) {
    if (type === "answer") await this.outward.setRemoteDescription({ type, sdp });
    if (type !== "offer") return;
    await this.inward.setRemoteDescription({ type, sdp });
    await this.inward.setLocalDescription();
    this.send({ type: "answer", sdp: this.inward.localDescription.sdp });
    this.fill(places);
  }

  fill(places) {
    const here = new Map();
    for (const one of this.inward.getTransceivers()) {
      const who = places[one.mid];
      if (who) here.set(who, [...(here.get(who) || []), one.receiver.track]);
    }
    for (const who of [...this.streams.keys()])
      if (!here.has(who)) {
        this.streams.delete(who);
        this.onGone(who);
      }
    for (const [who, tracks] of here) {
      if (!this.streams.has(who)) this.streams.set(who, new MediaStream());
      const stream = this.streams.get(who);
      for (const track of tracks) stream.addTrack(track);
      this.onRemote(who, stream);
    }
  }

  // Camera and microphone that were opened after the start.
  async setStream(stream) {
    for (const track of stream.getTracks()) await this.own[track.kind].sender.replaceTrack(track);
  }

  async replaceVideo(track) {
    await this.own.video.sender.replaceTrack(track);
    return true;
  }

  // Connected means: what is sent arrives, and what is received does, once there is any.
  changed() {
    const states = [this.outward.connectionState, this.inward.connectionState];
    if (states.includes("failed")) this.onState("failed");
    else if (states.includes("disconnected")) this.onState("lost");
    else if (states[0] === "connected" && states[1] !== "connecting") this.onState("connected");
  }

  async stats() {
    const items = [];
    for (const [way, connection] of [["s", this.outward], ["r", this.inward]])
      (await connection.getStats()).forEach((item) =>
        items.push({ ...item, id: way + item.id, localCandidateId: way + item.localCandidateId }),
      );
    return items;
  }

  close() {
    this.outward.close();
    this.inward.close();
  }
}
