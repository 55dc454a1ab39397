// Three and more through LiveKit: its own client, which the service hands out, does the work.

const CLIENT = "/static/livekit-client.js";

function loadClient() {
  if (window.LivekitClient) return Promise.resolve();
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = CLIENT;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
}

export class LiveKitPeer {
  constructor({ send, isRelayOnly, onRemote, onGone, onState }) {
    Object.assign(this, { send, isRelayOnly, onRemote, onGone, onState });
    this.streams = new Map();
  }

  async start(stream) {
    this.stream = stream;
    await loadClient();
    this.send({ type: "join" });
  }

  async handle({ type, url, token }) {
    if (type !== "join" || this.room) return;
    const { Room, RoomEvent } = window.LivekitClient;
    const room = (this.room = new Room());
    room.on(RoomEvent.TrackSubscribed, (track, _, who) => this.add(who.identity, track.mediaStreamTrack));
    room.on(RoomEvent.ParticipantDisconnected, (who) => {
      this.streams.delete(who.identity);
      this.onGone(who.identity);
    });
    room.on(RoomEvent.Reconnecting, () => this.onState("lost"));
    room.on(RoomEvent.Reconnected, () => this.onState("connected"));
    room.on(RoomEvent.Disconnected, () => this.onState("failed"));
    const rtcConfig = this.isRelayOnly ? { iceTransportPolicy: "relay" } : {};
    await room.connect(url, token, { rtcConfig });
    if (this.stream) await this.setStream(this.stream);
    this.onState("connected");
  }

  add(who, track) {
    if (!this.streams.has(who)) this.streams.set(who, new MediaStream());
    const stream = this.streams.get(who);
    stream.addTrack(track);
    this.onRemote(who, stream);
  }

  // Camera and microphone that were opened after the start.
  async setStream(stream) {
    this.stream = stream;
    if (!this.room) return;
    for (const track of stream.getTracks()) await this.room.localParticipant.publishTrack(track);
  }

  async replaceVideo(track) {
    const own = [...this.room.localParticipant.videoTrackPublications.values()].find((one) => one.videoTrack);
    if (own) await own.videoTrack.replaceTrack(track);
    return Boolean(own);
  }

  async stats() {
    if (!this.room) return null;
    const engine = this.room.engine.pcManager;
    const items = [];
    for (const [way, transport] of [["s", engine && engine.publisher], ["r", engine && engine.subscriber]])
      if (transport)
        (await transport.getStats()).forEach((item) =>
          items.push({ ...item, id: way + item.id, localCandidateId: way + item.localCandidateId }),
        );
    return items;
  }

  close() {
    if (this.room) this.room.disconnect();
  }
}
