// A meeting as one participant has it: check, wait, call, afterwards. The host lets people in.

import { DirectPeer } from "./direct.js";
import { chime, fitPicture, openDevices, testConnection, watchLevel } from "./devices.js";
import { JanusPeer } from "./janus.js";
import { LiveKitPeer } from "./livekit.js";
import { SfuPeer } from "./sfu.js";
import { Socket } from "./socket.js";
import { sample, wayOf } from "./statistics.js";
import { showList } from "./waiting.js";

const CONNECT_MS = 10000;
const main = document.querySelector("main");
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const words = JSON.parse(part("words").textContent);
const isHost = main.dataset.role === "host";

let devices = { stream: null, audio: "", video: "" };
let socket = null;
let peer = null;
let call = { epoch: 0, engine: "", peers: [] };
let changes = 0;
let stopLevel = null;

// --- what is seen ---

function show(stage) {
  for (const section of main.querySelectorAll("[data-stage]"))
    section.hidden = !section.dataset.stage.split(" ").includes(stage);
  main.dataset.now = stage;
  const heading = main.querySelector(`[data-stage~="${stage}"] h1, [data-stage~="${stage}"] h2`);
  if (heading && !isHost) heading.focus({ preventScroll: true });
}

function say(text) {
  part("say").textContent = text;
}

function tile(id, label) {
  let found = document.getElementById(`tile-${id}`);
  if (!found) {
    found = document.createElement("figure");
    found.id = `tile-${id}`;
    found.className = "tile";
    const video = document.createElement("video");
    video.autoplay = true;
    video.playsInline = true;
    const caption = document.createElement("figcaption");
    caption.textContent = label;
    found.append(video, caption);
    part("tiles").append(found);
  }
  return found.querySelector("video");
}

function clearTiles(keep = []) {
  for (const one of part("tiles").querySelectorAll(".tile"))
    if (!keep.includes(one.id.slice(5))) one.remove();
}

// --- devices ---

async function open() {
  const hadNone = !devices.stream;
  devices = { ...devices, ...(await openDevices()) };
  if (peer && hadNone && devices.stream) await peer.setStream(devices.stream);
  const preview = part("preview");
  preview.srcObject = devices.stream;
  part("own").srcObject = devices.stream;
  preview.hidden = devices.video !== "ok";
  part("camera").textContent = devices.video === "ok" ? words.camera_ok : words.camera_bad;
  part("microphone").textContent = devices.audio === "ok" ? words.microphone_ok : words.microphone_bad;
  if (devices.stream && !stopLevel)
    stopLevel = watchLevel(devices.stream, (level) => {
      part("level").value = level;
    });
}

async function check() {
  say(words.checking);
  await open();
  devices.line = await testConnection("/probe");
  part("line").textContent = words[`line_${devices.line.score}`];
  say("");
}

function deviceReport() {
  const { audio, video, line } = devices;
  return { t: "device", audio, video, ...(line || {}) };
}

// --- the media of one epoch ---

function stopMedia() {
  clearTimeout(call.timer);
  if (peer) peer.close();
  peer = null;
}

async function gather(message) {
  const same = peer && message.engine === call.engine && message.epoch === call.epoch;
  const others = message.peers.map((one) => one.id);
  const isUnchanged = same && (message.engine !== "p2p" || others.join() === call.peers.map((one) => one.id).join());
  const previous = call;
  call = { ...message, timer: previous.timer };
  fitPicture(devices.stream, others.length);
  if (isUnchanged) return;
  stopMedia();
  clearTiles();
  show("call");
  if (message.engine === "p2p" && !others.length) {
    say(words.alone);
    return;
  }
  say(words.connecting);
  const epoch = message.epoch;
  call.timer = setTimeout(() => failed(epoch), CONNECT_MS);
  const onState = (state) => changed(state, epoch);
  const onRemote = (id, stream) => {
    const known = call.peers.find((one) => one.id === id);
    tile(id, known ? known.label : words.participant).srcObject = stream;
  };
  if (message.engine === "p2p") {
    const [other] = message.peers;
    peer = new DirectPeer({
      send: (data) => socket.send({ t: "signal", to: other.id, epoch, data }),
      other: other.id,
      isPolite: other.polite,
      iceServers: message.ice,
      isRelayOnly: message.relay_only,
      onRemote,
      onState,
    });
  } else {
    const Peer = { janus: JanusPeer, livekit: LiveKitPeer }[message.engine] || SfuPeer;
    peer = new Peer({
      send: (data) => socket.send({ t: "media", epoch, data }),
      iceServers: message.ice,
      isRelayOnly: message.relay_only,
      onRemote,
      onGone: (id) => clearTiles(call.peers.map((one) => one.id).filter((one) => one !== id)),
      onState,
    });
  }
  await peer.start(devices.stream);
}

async function changed(state, epoch) {
  if (epoch !== call.epoch || !peer) return;
  const change = ++changes;
  if (state === "connected") {
    clearTimeout(call.timer);
    say("");
    const transport = await wayOf(peer);
    if (change === changes) socket.send({ t: "media_state", state, epoch, transport });
  } else {
    say(words.reconnecting);
    socket.send({ t: "media_state", state, epoch });
  }
}

function failed(epoch) {
  if (epoch !== call.epoch || !peer) return;
  say(isHost ? words.no_way_host : words.no_way);
  socket.send({ t: "media_state", state: "failed", epoch });
}

setInterval(async () => {
  if (!peer || !socket) return;
  const report = await peer.stats();
  if (peer && report) socket.send({ t: "stats", epoch: call.epoch, at_ms: Math.round(performance.now()), ...sample(report) });
}, 1000);

// --- what the service says ---

const handlers = {
  welcome(message) {
    if (!isHost && message.state === "waiting") show("waiting");
  },
  wait({ minutes, ahead, host_here: hostHere }) {
    const text = hostHere ? words.host_here : words.host_absent;
    part("expected").textContent = minutes === null ? text : `${text} ${words.expected.replace("#", minutes)}`;
    part("ahead").textContent = ahead ? words.ahead.replace("#", ahead) : "";
  },
  list({ rows }) {
    showList(part("list"), rows, words, {
      admit: (id) => socket.send({ t: "admit", who: id }),
      deny: (id) => socket.send({ t: "deny", who: id }),
    });
  },
  admitted() {
    chime();
    show("call");
  },
  gather,
  signal({ epoch, data }) {
    if (peer && epoch === call.epoch && call.engine === "p2p") peer.handle(data);
  },
  media({ epoch, data }) {
    if (peer && epoch === call.epoch && call.engine !== "p2p") peer.handle(data);
  },
  refused({ text }) {
    say(text);
  },
  bye({ text, after }) {
    stopMedia();
    if (devices.stream) devices.stream.getTracks().forEach((track) => track.stop());
    if (stopLevel) stopLevel();
    part("bye").textContent = text;
    part("after").href = after || "/";
    part("after").hidden = !after;
    show("after");
    say("");
  },
};

function join() {
  if (socket) return;
  socket = new Socket(main.dataset.socket, {
    onMessage: (message) => handlers[message.t] && handlers[message.t](message),
    onState: (state) => {
      main.dataset.socketState = state;
      if (state === "open" && devices.audio) socket.send(deviceReport());
      if (state === "lost" && main.dataset.now !== "call") say(words.lost);
      else if (state === "open") say("");
    },
  });
}

// --- what the person does ---

const actions = {
  async check() {
    await check();
    part("ready").hidden = false;
    part("ready").focus();
  },
  ready() {
    join();
    show("waiting");
  },
  mute(button) {
    toggle("audio", button);
  },
  camera(button) {
    toggle("video", button);
  },
  async share(button) {
    if (!peer) return;
    const picture = await navigator.mediaDevices.getDisplayMedia({ video: true });
    const [track] = picture.getVideoTracks();
    const own = devices.stream && devices.stream.getVideoTracks()[0];
    if (!(await peer.replaceVideo(track))) return;
    button.setAttribute("aria-pressed", "true");
    track.onended = () => {
      button.setAttribute("aria-pressed", "false");
      if (peer) peer.replaceVideo(own || null);
    };
  },
  leave() {
    socket.send({ t: isHost ? "end" : "leave" });
  },
  phone() {
    socket.send({ t: isHost ? "phone" : "ask_phone" });
    if (!isHost) say(words.asked_phone);
  },
};

function toggle(kind, button) {
  const [track] = devices.stream ? devices.stream.getTracks().filter((one) => one.kind === kind) : [];
  if (!track) return;
  track.enabled = !track.enabled;
  button.setAttribute("aria-pressed", String(!track.enabled));
}

for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => actions[button.dataset.do](button));
  button.disabled = false; // until now a press would have been lost
}

// A page that is loaded again goes on where it was; the host is in the room from the start.
if (isHost) {
  join();
  await open();
  socket.send(deviceReport());
} else if (sessionStorage.getItem(`resume:${main.dataset.socket}`)) {
  await check();
  actions.ready();
}
