// Camera and microphone, and what a device check can say before the meeting.

const VIDEO = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

// Sound first: a camera that fails must not cost the meeting. Gives {stream, audio, video}, each "ok" or the error's name.
export async function openDevices() {
  if (!window.isSecureContext) return { stream: null, audio: "insecure_context", video: "insecure_context" };
  if (!navigator.mediaDevices || !window.RTCPeerConnection)
    return { stream: null, audio: "unsupported", video: "unsupported" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: AUDIO, video: VIDEO });
    return { stream, audio: "ok", video: "ok" };
  } catch (both) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: AUDIO });
      return { stream, audio: "ok", video: both.name };
    } catch (sound) {
      return { stream: null, audio: sound.name, video: both.name };
    }
  }
}

// Calls `show` with the microphone's level, 0 to 1, ten times a second; gives a function that stops it.
export function watchLevel(stream, show) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const mean = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    show(Math.min(1, Math.sqrt(mean) * 4));
  }, 100);
  return () => {
    clearInterval(timer);
    context.close();
  };
}

// A short test of the way to the service: milliseconds there and back, and kbit/s down.
export async function testConnection(url) {
  const trips = [];
  try {
    for (let count = 0; count < 4; count += 1) {
      const start = performance.now();
      await fetch(`${url}?bytes=1&n=${count}`, { cache: "no-store" });
      trips.push(performance.now() - start);
    }
    const start = performance.now();
    const body = await (await fetch(`${url}?bytes=200000`, { cache: "no-store" })).arrayBuffer();
    const kbps = (body.byteLength * 8) / Math.max(1, performance.now() - start);
    const rtt = Math.min(...trips);
    const score = rtt < 200 && kbps > 1500 ? "good" : rtt < 500 && kbps > 500 ? "okay" : "bad";
    return { rtt_ms: Math.round(rtt), kbps: Math.round(kbps), score };
  } catch {
    return { rtt_ms: null, kbps: null, score: "bad" };
  }
}

// Two soft notes, for the one who is waiting and the one who is waited for.
export function chime() {
  const context = new AudioContext();
  [660, 880].forEach((pitch, place) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, context.currentTime + place * 0.22);
    volume.gain.linearRampToValueAtTime(0.15, context.currentTime + place * 0.22 + 0.03);
    volume.gain.linearRampToValueAtTime(0, context.currentTime + place * 0.22 + 0.2);
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + place * 0.22);
    tone.stop(context.currentTime + place * 0.22 + 0.22);
  });
  setTimeout(() => context.close(), 1000);
}
