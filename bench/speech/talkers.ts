import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ParticipantId, RtpAddress, TrackId } from '@qinqiao/contracts';
import { sendOpus } from '@qinqiao/asr-bridge/testing';
import { TestCall, type TestLink } from '@qinqiao/asr-bridge/testing/link-server';
import { writeTones } from '@qinqiao/asr-bridge/testing/tones';

const PACKET_MS = 20;
const SAMPLES = 960;
/** When each tone of a text ends: see asr-bridge/testing/tones.ts. */
const LEAD_MS = 300;
const STEP_MS = 320;
const TONE_MS = 240;
const PAUSE_MS = 900;

export interface Clip {
  packets: Buffer[];
  text: string;
  sentences: string[];
}

/** The text as RTP packets of Opus, in a row that can be repeated. */
export async function makeClip(text: string, folder: string): Promise<Clip> {
  const file = join(folder, 'clip.wav');
  await writeTones(text, file);
  const sink = createSocket('udp4');
  sink.bind(0, '127.0.0.1');
  await once(sink, 'listening');
  const packets: Buffer[] = [];
  const to = { ip: '127.0.0.1', port: sink.address().port };
  const sender = await sendOpus(file, to, { ssrc: 1, meddle: (packet) => (packets.push(Buffer.from(packet)), []) });
  await sender.ended;
  sink.close();
  return { packets, text, sentences: text.split('。').filter(Boolean) };
}

/** When the word's end is spoken, ms of the clip, for each time it stands in it. */
export function wordEnds({ text }: Clip, word: string): number[] {
  const ends: number[] = [];
  let at = LEAD_MS;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '。') at += PAUSE_MS;
    else {
      if (text.slice(i + 1 - word.length, i + 1) === word) ends.push(at + TONE_MS);
      at += STEP_MS;
    }
  }
  return ends;
}

interface Talker {
  participantId: string;
  address: RtpAddress;
  ssrc: number;
  /** First tick in which it speaks. */
  fromTick: number;
  /** Epoch ms at which its first packet was sent. */
  startedAt: number | null;
  rounds: number;
}

/** Many speakers who say the same clip again and again, one after the other beginning. */
export class Talkers implements Disposable {
  readonly talkers: Talker[] = [];
  readonly calls: TestCall[] = [];
  readonly #clip: Clip;
  readonly #socket: Socket = createSocket('udp4');
  #timer: NodeJS.Timeout | null = null;

  private constructor(clip: Clip) {
    this.#clip = clip;
  }

  /** Two of them in each call. */
  static async open(link: TestLink, clip: Clip, count: number): Promise<Talkers> {
    const talkers = new Talkers(clip);
    for (let i = 0; i < count; i++) {
      if (i % 2 === 0) talkers.calls.push(await TestCall.open(link, `bench-${i}`));
      const call = talkers.calls.at(-1) as TestCall;
      const participantId = `speaker-${i}` as ParticipantId;
      await call.track(i % 2 === 0 ? 'inmate' : 'family', i + 1, { trackId: `track-${i}` as TrackId, participantId });
      const fromTick = Math.floor((i * clip.packets.length) / count);
      talkers.talkers.push({ participantId, address: call.address, ssrc: i + 1, fromTick, startedAt: null, rounds: 0 });
    }
    return talkers;
  }

  /** Speaks for so long; whoever has begun a round ends it. */
  async speak(seconds: number): Promise<void> {
    const begun = performance.now();
    const length = this.#clip.packets.length;
    let tick = 0;
    const lastStart = (seconds * 1000) / PACKET_MS;
    await new Promise<void>((done) => {
      this.#timer = setInterval(() => {
        const due = Math.floor((performance.now() - begun) / PACKET_MS);
        for (; tick <= due; tick++) {
          let spoke = false;
          for (const talker of this.talkers) spoke = this.#step(talker, tick, length, lastStart) || spoke;
          if (!spoke && tick > lastStart) return done();
        }
      }, PACKET_MS / 2);
    });
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Answers whether it speaks. */
  #step(talker: Talker, tick: number, length: number, lastStart: number): boolean {
    const own = tick - talker.fromTick;
    if (own < 0) return true;
    const round = Math.floor(own / length);
    if (own % length === 0 && tick + length > lastStart + length) return this.#mute(talker, round);
    if (round >= (talker.rounds || Number.POSITIVE_INFINITY)) return false;
    talker.startedAt ??= Date.now();
    const packet = Buffer.from(this.#clip.packets[own % length] as Buffer);
    packet.writeUInt16BE(own & 0xffff, 2);
    packet.writeUInt32BE((own * SAMPLES) >>> 0, 4);
    packet.writeUInt32BE(talker.ssrc, 8);
    this.#socket.send(packet, talker.address.port, talker.address.ip);
    return true;
  }

  #mute(talker: Talker, rounds: number): boolean {
    talker.rounds ||= Math.max(1, rounds);
    return false;
  }
}

/** How long a round of the clip takes. */
export const clipMs = ({ packets }: Clip): number => packets.length * PACKET_MS;
