import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';

export interface Digests {
  bytes: number;
  sha256: string;
  sm3: string;
}

/** Size of a file and its digests, read in one pass. */
export async function digestFile(path: string): Promise<Digests> {
  const sha256 = createHash('sha256');
  const sm3 = createHash('sm3');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    sm3.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: sha256.digest('hex'), sm3: sm3.digest('hex') };
}

/** Returns when what was written to a file, or what was renamed in a folder, lies on the disk itself. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface ReadBack {
  packets: number;
  firstMs: number;
  lastMs: number;
}

/** Reads a media file's first track as a player would. Throws when it cannot be read. */
export async function readBack(path: string): Promise<ReadBack> {
  using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  const [track] = await input.getTracks();
  if (!track) throw new Error(`${path} has no track`);
  const found: ReadBack = { packets: 0, firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    found.packets++;
    found.firstMs = Math.min(found.firstMs, packet.timestamp * 1000);
    found.lastMs = Math.max(found.lastMs, packet.timestamp * 1000);
  }
  return found;
}

/** Throws when a file does not hold what was written to it. `endMs` is where its last packet ends. */
export async function verifyTrackFile(path: string, expected: { packets: number; startMs: number; endMs: number }): Promise<void> {
  const found = await readBack(path);
  const asWritten =
    found.packets === expected.packets && Math.abs(found.firstMs - expected.startMs) <= 1 && found.lastMs <= expected.endMs + 1;
  if (!asWritten) throw new Error(`${path} reads back as ${JSON.stringify(found)}, written was ${JSON.stringify(expected)}`);
}

/** Throws when a file cannot be read or does not last as long as it should, within half a second. */
export async function verifyDuration(path: string, durationMs: number): Promise<void> {
  using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  const found = (await input.computeDuration()) * 1000;
  if (Math.abs(found - durationMs) > 500) throw new Error(`${path} lasts ${found} ms, expected were ${durationMs} ms`);
}
