// The one connection to the service. It comes back by itself, under the same participation, for a minute.

const BACKOFF_MS = [500, 1000, 2000, 4000, 8000];
const SILENCE_MS = 15000;

export class Socket {
  constructor(path, { onMessage, onState }) {
    this.path = path;
    this.onMessage = onMessage;
    this.onState = onState;
    this.resumeToken = sessionStorage.getItem(`resume:${path}`) || "";
    this.attempt = 0;
    this.isOver = false;
    this.waiting = [];
    this.connect();
  }

  connect() {
    const url = new URL(this.path, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onopen = () => {
      this.attempt = 0;
      this.heard();
      socket.send(JSON.stringify({ t: "hello", resume: this.resumeToken }));
      this.onState("open");
      for (const text of this.waiting.splice(0)) socket.send(text);
    };
    socket.onmessage = (event) => {
      this.heard();
      const message = JSON.parse(event.data);
      if (message.t === "beat") {
        socket.send('{"t":"beat"}');
        return;
      }
      if (message.resume) {
        this.resumeToken = message.resume;
        sessionStorage.setItem(`resume:${this.path}`, message.resume);
      }
      if (message.t === "bye") this.finish();
      this.onMessage(message);
    };
    socket.onclose = () => {
      clearTimeout(this.silence);
      if (this.isOver || socket !== this.socket) return;
      this.onState("lost");
      const wait = BACKOFF_MS[Math.min(this.attempt, BACKOFF_MS.length - 1)];
      this.attempt += 1;
      this.retry = setTimeout(() => this.connect(), wait);
    };
  }

  // A network that is cut says nothing: silence is what tells.
  heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket.close(), SILENCE_MS);
  }

  send(message) {
    const text = JSON.stringify(message);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
    else if (this.waiting.length < 100 && message.t !== "stats") this.waiting.push(text);
  }

  finish() {
    this.isOver = true;
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    sessionStorage.removeItem(`resume:${this.path}`);
    this.socket.close();
  }
}
