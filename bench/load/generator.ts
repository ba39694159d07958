// Sends the media of many parties, in a process of its own. Standard input: a line of JSON for each party; standard output: a line a second.
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { SrtpStream } from './srtp.ts';

export interface PartyOrder {
  port: number;
  audioSsrc: number;
  videoSsrc: number;
  /** Base64 of master key and salt. */
  master: string;
}
export interface GeneratorReport {
  parties: number;
  packets: number;
  /** Packets that left more than 15 ms after their time: the generator itself was too slow. */
  late: number;
}

const TICK_MS = 2;
const PACKET_MS = 20;
const AUDIO_BYTES = 80;
const VIDEO_BYTES = 1180;
const KEY_EVERY = 50;
const filling = randomBytes(1300);
const report: GeneratorReport = { parties: 0, packets: 0, late: 0 };

/** Opus of 32 kbit/s and VP8 of about 470 kbit/s at 25 pictures a second. */
class Party {
  readonly #socket: Socket = createSocket('udp4');
  readonly #audio: SrtpStream;
  readonly #video: SrtpStream;
  #ready = false;
  #next = performance.now() + Math.random() * 40;
  #step = 0;

  constructor({ port, audioSsrc, videoSsrc, master }: PartyOrder) {
    const key = Buffer.from(master, 'base64');
    this.#audio = new SrtpStream({ ssrc: audioSsrc, payloadType: 100, master: key });
    this.#video = new SrtpStream({ ssrc: videoSsrc, payloadType: 101, master: key });
    this.#socket.connect(port, '127.0.0.1', () => {
      this.#ready = true;
    });
  }

  tick(now: number): void {
    for (; this.#ready && now >= this.#next; this.#next += PACKET_MS) {
      if (now - this.#next > 15) report.late++;
      this.#step++;
      this.#send(this.#audio.packet(filling.subarray(0, AUDIO_BYTES), this.#step * 960, false));
      if (this.#step % 2 === 0) this.#sendPicture(this.#step / 2);
    }
  }

  #sendPicture(number: number): void {
    const timestamp = number * 3600;
    this.#send(this.#video.packet(vp8(number % KEY_EVERY === 1, true), timestamp, false));
    this.#send(this.#video.packet(vp8(false, false), timestamp, true));
  }

  #send(packet: Buffer): void {
    this.#socket.send(packet);
    report.packets++;
  }
}

/** A VP8 payload (RFC 7741): descriptor, and at the begin of a picture the frame header (RFC 6386, 9.1), 640 × 360. */
function vp8(key: boolean, begins: boolean): Buffer {
  const payload = Buffer.from(filling.subarray(0, VIDEO_BYTES));
  payload[0] = begins ? 0x10 : 0x00;
  if (begins) payload[1] = key ? 0x10 : 0x11;
  if (begins && key) Buffer.from([0x00, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]).copy(payload, 2);
  return payload;
}

const parties: Party[] = [];
createInterface({ input: process.stdin })
  .on('line', (line) => {
    parties.push(new Party(JSON.parse(line) as PartyOrder));
    report.parties = parties.length;
  })
  .on('close', () => process.exit(0));
setInterval(() => {
  const now = performance.now();
  for (const party of parties) party.tick(now);
}, TICK_MS);
setInterval(() => {
  console.log(JSON.stringify(report));
  report.packets = 0;
  report.late = 0;
}, 1000);
