import { join } from 'node:path';
import { OPUS_SILENCE, OPUS_SILENCE_MS, type OrderCounts, opusDurationMs } from '@qinqiao/server-kit/rtp';
import { type Before, Coverage } from './coverage.ts';
import { claimFile } from './files.ts';
import { openFrames, type PlacedFrame, type StreamFrames } from './frames.ts';
import type { Lane } from './lanes.ts';
import type { CallStream } from './streams.ts';
import { createTrackFile, type TrackFile } from './track-file.ts';
import type { WaveformMeter } from './waveform.ts';

export interface StreamResult {
  stream: CallStream;
  counts: OrderCounts;
  frames: number;
  /** Frames from before second 0 of the call. */
  beforeStart: number;
}

export interface WrittenLane {
  lane: Lane;
  path: string;
  startMs: number;
  endMs: number;
  /** Packets in the file, filled-in silence included. */
  packets: number;
  coverage: Coverage;
}

/** A picture counts until the next one, but not longer than this, … */
const LONGEST_PICTURE_MS = 1000;
/** … and the last one before a gap for this. */
const PICTURE_MS = 40;

/** Writes a lane's file; its sound goes by the meter. Answers null for `written` when nothing in it can be shown. */
export async function writeLane(
  lane: Lane,
  folder: string,
  meter: WaveformMeter | null,
): Promise<{ written: WrittenLane | null; streams: StreamResult[] }> {
  const writer = new LaneWriter(lane, join(folder, lane.fileName), meter);
  const streams: StreamResult[] = [];
  for (const [index, stream] of lane.streams.entries()) {
    const opened = openFrames(stream);
    const untilMs = lane.streams[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const { frames, beforeStart } = await writer.writeStream(opened, untilMs);
    streams.push({ stream, counts: opened.counts, frames, beforeStart });
  }
  return { written: await writer.finish(), streams };
}

class LaneWriter {
  readonly #lane: Lane;
  readonly #path: string;
  readonly #meter: WaveformMeter | null;
  readonly #coverage = new Coverage();
  #file: TrackFile | null = null;
  #startMs = 0;
  #endMs = Number.NEGATIVE_INFINITY;
  #latestMs = 0;
  #leastMs = 0;
  #packets = 0;
  /** A picture lasts until the next one: it waits here. */
  #waiting: { placed: PlacedFrame; before: Before } | null = null;

  constructor(lane: Lane, path: string, meter: WaveformMeter | null) {
    this.#lane = lane;
    this.#path = path;
    this.#meter = meter;
  }

  /** Writes a stream's frames up to the instant at which the next stream takes over. */
  async writeStream(opened: StreamFrames, untilMs: number): Promise<{ frames: number; beforeStart: number }> {
    let frames = 0;
    let beforeStart = 0;
    let takesOver = true;
    for await (const batch of opened.frames) {
      for (const placed of batch) {
        if (placed.atMs < 0) beforeStart++;
        // Pictures are kept, as later ones need them.
        if (placed.atMs < 0 && this.#lane.kind === 'audio') continue;
        if (placed.atMs >= untilMs || placed.atMs < this.#floor(takesOver)) continue;
        const before = takesOver ? 'stream' : placed.frame.afterLoss ? 'loss' : 'nothing';
        takesOver = false;
        frames++;
        await this.#write({ ...placed, atMs: Math.max(0, placed.atMs) }, before, opened);
      }
    }
    await this.#writeWaiting(null);
    return { frames, beforeStart };
  }

  /** The least time the next frame may have: no earlier than what is there when another stream takes over. */
  #floor(takesOver: boolean): number {
    return takesOver && this.#lane.kind === 'audio' ? this.#endMs - OPUS_SILENCE_MS : Number.NEGATIVE_INFINITY;
  }

  async #write(placed: PlacedFrame, before: Before, opened: StreamFrames): Promise<void> {
    this.#file ??= await this.#create(placed, opened);
    if (this.#lane.kind === 'video') {
      await this.#writeWaiting(placed);
      this.#waiting = { placed, before };
    } else {
      await this.#fillWithSilence(placed.atMs);
      await this.#add(placed, opusDurationMs(placed.frame.data), before);
    }
  }

  async #create({ atMs, frame }: PlacedFrame, opened: StreamFrames): Promise<TrackFile> {
    this.#startMs = atMs;
    this.#endMs = atMs;
    await claimFile(this.#path);
    const size = frame.size ?? { width: 0, height: 0 };
    return createTrackFile(this.#path, { codec: this.#lane.codec, size, parameterSets: opened.parameterSets() });
  }

  async #writeWaiting(next: PlacedFrame | null): Promise<void> {
    if (!this.#waiting) return;
    const { placed, before } = this.#waiting;
    this.#waiting = null;
    const toNext = next && !next.frame.afterLoss ? next.atMs - placed.atMs : PICTURE_MS;
    await this.#add(placed, toNext > LONGEST_PICTURE_MS ? PICTURE_MS : Math.max(1, toNext), before);
  }

  async #add({ atMs, frame }: PlacedFrame, durationMs: number, before: Before): Promise<void> {
    // Where one stream follows another, time may not turn back in the file: a key frame lies behind all that was before it.
    if (frame.key) this.#leastMs = this.#latestMs;
    const at = Math.max(atMs, this.#leastMs);
    this.#startMs = Math.min(this.#startMs, at);
    this.#latestMs = Math.max(this.#latestMs, at);
    await this.#file?.add({ atMs: at, durationMs, key: frame.key, data: frame.data });
    this.#meter?.add(at, frame.data);
    this.#packets++;
    this.#coverage.add(at, durationMs, before);
    this.#endMs = Math.max(this.#endMs, at + durationMs);
  }

  /**
   * Senders send next to nothing in silence, and players disagree on what to do about it: some play on at once, and audio and
   * video drift apart. So the stretch is filled, and the file's time is the call's time in every player.
   */
  async #fillWithSilence(untilMs: number): Promise<void> {
    // To the nearest packet: the clocks' corrections move times by fractions of a millisecond.
    while (this.#endMs + OPUS_SILENCE_MS / 2 < untilMs) {
      await this.#file?.add({ atMs: this.#endMs, durationMs: OPUS_SILENCE_MS, key: true, data: OPUS_SILENCE });
      this.#latestMs = this.#endMs;
      this.#packets++;
      this.#endMs += OPUS_SILENCE_MS;
    }
  }

  async finish(): Promise<WrittenLane | null> {
    if (!this.#file) return null;
    await this.#file.finish();
    const range = { startMs: this.#startMs, endMs: this.#endMs };
    return { lane: this.#lane, path: this.#path, ...range, packets: this.#packets, coverage: this.#coverage };
  }
}
