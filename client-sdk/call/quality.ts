export type QualityGrade = 'good' | 'fair' | 'poor' | 'unknown';

/** How the connection does, over the last two seconds. */
export interface CallQuality {
  grade: QualityGrade;
  /** Round trip to the server, milliseconds. */
  rttMs: number | null;
  /** Share of packets lost on the way here, and on the way there, 0…1. */
  lossIn: number;
  lossOut: number;
  kbpsIn: number;
  kbpsOut: number;
  /** Video frames decoded since the media was connected, of all pictures shown. */
  framesDecoded: number;
  framesPerSecond: number;
}

/** Running totals, as the browser counts them. */
export interface QualityCounters {
  atMs: number;
  rttMs: number | null;
  lossOut: number;
  packetsReceived: number;
  packetsLost: number;
  bytesIn: number;
  bytesOut: number;
  framesDecoded: number;
}

/** One entry of an RTCStatsReport. */
export type StatsEntry = Record<string, unknown> & { type: string };
const numberOf = (entry: StatsEntry, name: string): number => (typeof entry[name] === 'number' ? entry[name] : 0);
const sum = (entries: StatsEntry[], name: string) => entries.reduce((total, entry) => total + numberOf(entry, name), 0);

/** Reads the counters out of WebRTC statistics (W3C webrtc-stats). */
export function countersOf(stats: Iterable<StatsEntry>, atMs: number): QualityCounters {
  const all = [...stats];
  const ofType = (type: string) => all.filter((entry) => entry.type === type);
  const pairs = ofType('candidate-pair').filter((pair) => pair.nominated === true && pair.state === 'succeeded');
  const roundTrips = pairs.map((pair) => numberOf(pair, 'currentRoundTripTime')).filter((seconds) => seconds > 0);
  const inbound = ofType('inbound-rtp');
  return {
    atMs,
    rttMs: roundTrips.length > 0 ? Math.round(Math.max(...roundTrips) * 1000) : null,
    lossOut: Math.max(0, ...ofType('remote-inbound-rtp').map((entry) => numberOf(entry, 'fractionLost'))),
    packetsReceived: sum(inbound, 'packetsReceived'),
    packetsLost: sum(inbound, 'packetsLost'),
    bytesIn: sum(inbound, 'bytesReceived'),
    bytesOut: sum(ofType('outbound-rtp'), 'bytesSent'),
    framesDecoded: sum(inbound, 'framesDecoded'),
  };
}

/** What happened between two readings. */
export function qualityBetween(before: QualityCounters, after: QualityCounters): CallQuality {
  const seconds = Math.max(0.001, (after.atMs - before.atMs) / 1000);
  const grown = (name: 'packetsReceived' | 'packetsLost' | 'bytesIn' | 'bytesOut' | 'framesDecoded') =>
    Math.max(0, after[name] - before[name]);
  const lost = grown('packetsLost');
  const expected = lost + grown('packetsReceived');
  const lossIn = expected > 0 ? lost / expected : 0;
  const idle = expected === 0 && grown('bytesOut') === 0;
  return {
    grade: idle ? 'unknown' : gradeOf(after.rttMs, Math.max(lossIn, after.lossOut)),
    rttMs: after.rttMs,
    lossIn,
    lossOut: after.lossOut,
    kbpsIn: Math.round((grown('bytesIn') * 8) / 1000 / seconds),
    kbpsOut: Math.round((grown('bytesOut') * 8) / 1000 / seconds),
    framesDecoded: after.framesDecoded,
    framesPerSecond: Math.round(grown('framesDecoded') / seconds),
  };
}

/** Opus with FEC hides some 5 % of loss; from 10 % words get lost. Above 400 ms people talk over each other (ITU-T G.114). */
export function gradeOf(rttMs: number | null, loss: number): QualityGrade {
  const rtt = rttMs ?? 0;
  if (loss > 0.1 || rtt > 800) return 'poor';
  if (loss > 0.03 || rtt > 400) return 'fair';
  return 'good';
}
