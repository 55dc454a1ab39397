// One sample a second of the W3C webrtc-stats counters we keep; no address leaves the browser.

const INBOUND = {
  audio: [
    "packetsReceived", "packetsLost", "jitter", "concealedSamples", "silentConcealedSamples", "totalSamplesReceived",
    "jitterBufferDelay", "jitterBufferEmittedCount",
  ],
  video: [
    "packetsReceived", "packetsLost", "jitter", "framesDecoded", "framesPerSecond", "freezeCount",
    "totalFreezesDuration", "jitterBufferDelay", "jitterBufferEmittedCount", "nackCount", "pliCount",
  ],
};

// A browser gives one report for some time, Chromium for 50 ms: at first it may be from before there was a way.
const REPORT_MS = 60;
const MOST_REPORTS = 10;

// Counters are summed over the incoming streams of a kind; the rest is the worst of them.
const WORST = { jitter: Math.max, framesPerSecond: Math.min };

export function sample(report) {
  const made = { audio: null, video: null, pair: null };
  const byId = new Map();
  report.forEach((item) => byId.set(item.id, item));
  let local = null;
  byId.forEach((item) => {
    if (item.type === "inbound-rtp" && INBOUND[item.kind] && item.packetsReceived) {
      const sums = (made[item.kind] ||= {});
      for (const name of INBOUND[item.kind]) {
        const value = item[name];
        if (typeof value !== "number") continue;
        const worst = WORST[name];
        if (worst) sums[name] = name in sums ? worst(sums[name], value) : value;
        else sums[name] = (sums[name] || 0) + value;
      }
    }
    if (item.type === "outbound-rtp" && item.kind === "video" && item.qualityLimitationReason)
      made.qualityLimitationReason = item.qualityLimitationReason;
    if (item.type === "candidate-pair" && item.nominated && item.state === "succeeded") {
      local = byId.get(item.localCandidateId);
      made.pair = { roundTripTime: item.currentRoundTripTime };
    }
  });
  if (local && made.pair) {
    made.pair.candidateType = local.candidateType;
    if (local.relayProtocol) made.pair.relayProtocol = local.relayProtocol;
    made.pair.transport = local.candidateType === "relay" ? "relay" : local.protocol;
  }
  return made;
}

// "udp", "tcp" or "relay", once a peer is connected; null where the browser does not tell.
export async function wayOf(peer) {
  for (let asked = 1; asked <= MOST_REPORTS; asked += 1) {
    const { pair } = sample(await peer.stats());
    if (pair && pair.transport) return pair.transport;
    await new Promise((done) => setTimeout(done, REPORT_MS));
  }
  return null;
}
