import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallId, ParticipantId, TrackId } from '@qinqiao/contracts';
import { openSoftwareCrypto } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchedFile,
  BlockBuilder,
  diskStorage,
  EVENTS_FILE,
  EventLog,
  encodeEvent,
  FileCipher,
  makeTake,
  makeTakeKey,
  newDamage,
  openTakeKeys,
  readEvents,
  readJournal,
  readTakes,
  type TakeEvent,
} from './index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-journal-'));
  path = join(folder, 'track.rtp');
});
afterEach(() => rmSync(folder, { recursive: true }));

const KEY = Buffer.alloc(32, 7);
/** A sealed journal, and one of before journals were encrypted. */
const FORMATS = { sealed: () => new FileCipher(KEY, 'track.rtp'), plain: () => null };
type FormatName = keyof typeof FORMATS;
const OVERHEAD = { sealed: 12 + 16 + 8 + 32, plain: 20 };

const datagram = (n: number) => Buffer.alloc(100, n);
function blocks(format: FormatName, count: number, perBlock = 5): Buffer[] {
  const builder = new BlockBuilder(FORMATS[format]());
  return Array.from({ length: count }, (_, b) => {
    for (let i = 0; i < perBlock; i++) builder.add(1000 + b * 200 + i * 20.5, datagram(b * perBlock + i));
    return builder.take();
  });
}
async function readAll(format: FormatName, damage = newDamage()) {
  const out: { n: number | undefined; arrivalMs: number }[] = [];
  for await (const records of readJournal(path, FORMATS[format](), damage)) {
    for (const record of records) out.push({ n: record.datagram[0], arrivalMs: record.arrivalMs });
  }
  return { numbers: out.map((record) => record.n), times: out.map((record) => record.arrivalMs), damage };
}
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe.each(['sealed', 'plain'] as const)('a %s journal', (format) => {
  it('gives back every datagram with its instant', async () => {
    writeFileSync(path, Buffer.concat(blocks(format, 3)));
    const { numbers, times, damage } = await readAll(format);
    expect(numbers).toEqual(upTo(15));
    expect(times.slice(0, 3)).toEqual([1000, 1020.5, 1041]);
    expect(damage).toEqual({ skippedBytes: 0, torn: false, missingBlocks: 0 });
  });

  it('reads blocks across the chunks it reads by', async () => {
    const builder = new BlockBuilder(FORMATS[format]());
    const all = Array.from({ length: 6 }, (_, block) => {
      for (let i = 0; i < 5; i++) builder.add(i, Buffer.alloc(60_000, block * 5 + i));
      return builder.take();
    });
    writeFileSync(path, Buffer.concat(all));
    expect((await readAll(format)).numbers).toEqual(upTo(30));
  });

  it('goes on up to a last block that was torn, wherever it was torn', async () => {
    const whole = Buffer.concat(blocks(format, 2));
    const single = whole.length / 2;
    for (let cut = single + 1; cut < whole.length; cut += 7) {
      writeFileSync(path, whole.subarray(0, cut));
      const { numbers, damage } = await readAll(format);
      const inTorn = format === 'plain' ? Math.max(0, Math.floor((cut - single - OVERHEAD.plain) / 106)) : 0;
      expect(numbers).toEqual(upTo(5 + inTorn));
      expect(damage.torn).toBe(true);
    }
  });

  it.each([
    ['its magic', 1],
    ['its length, to a small one', 7],
    ['its length, to a huge one', 4],
    ['its body', 60],
  ])('skips a block that is damaged in %s and goes on behind it', async (_, at) => {
    const data = Buffer.concat(blocks(format, 4));
    const offset = data.length / 4 + at;
    data[offset] = (data[offset] ?? 0) ^ 0x41;
    writeFileSync(path, data);
    const { numbers, damage } = await readAll(format);
    expect(numbers).toEqual([...upTo(5), ...upTo(20).slice(10)]);
    expect(damage.skippedBytes).toBeGreaterThan(0);
  });
});

describe('a sealed journal', () => {
  it('tells nothing without its key, and takes no block from another file or place', async () => {
    const [first, second, third] = blocks('sealed', 3) as [Buffer, Buffer, Buffer];
    expect(first.length).toBe(5 * 106 + OVERHEAD.sealed);
    expect(first.includes(datagram(0).subarray(0, 20))).toBe(false);
    const foreign = new BlockBuilder(new FileCipher(KEY, 'other.rtp'));
    foreign.add(1, datagram(99));
    writeFileSync(path, Buffer.concat([foreign.take(), first]));
    expect((await readAll('sealed')).numbers).toEqual(upTo(5));
    third.copy(second, 12, 12);
    writeFileSync(path, Buffer.concat([first, second]));
    expect((await readAll('sealed')).numbers).toEqual(upTo(5));
  });

  it('sees blocks that were taken out or put in twice', async () => {
    const [first, second, third] = blocks('sealed', 3) as [Buffer, Buffer, Buffer];
    writeFileSync(path, Buffer.concat([first, third]));
    const cut = await readAll('sealed');
    expect([cut.numbers, cut.damage.missingBlocks]).toEqual([[...upTo(5), ...upTo(15).slice(10)], 1]);
    writeFileSync(path, Buffer.concat([first, second, first, third]));
    const doubled = await readAll('sealed');
    expect([doubled.numbers, doubled.damage.missingBlocks > 0]).toEqual([upTo(15), true]);
  });

  it('tries again what a full disk refused, without a hole', async () => {
    const file = await diskStorage.create(path);
    let room = 700;
    const small = {
      ...file,
      write: (data: Buffer, position: number) => {
        if (room === 0) return Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
        const part = Math.min(room, data.length);
        room -= part;
        return file.write(data.subarray(0, part), position);
      },
    };
    const batched = new BatchedFile(small);
    const [first, second, third] = blocks('sealed', 3) as [Buffer, Buffer, Buffer];
    batched.append(first);
    await batched.flush();
    batched.append(second);
    await expect(batched.flush()).rejects.toThrow('full');
    batched.append(third);
    room = 1e9;
    await batched.close();
    expect((await readAll('sealed')).numbers).toEqual(upTo(15));
  });
});

describe('takes', () => {
  const track = {
    callId: 'c' as CallId,
    trackId: 't' as TrackId,
    participantId: 'p' as ParticipantId,
    role: 'inmate',
    kind: 'audio',
    ssrc: 7,
    codec: { mimeType: 'audio/opus', payloadType: 100, clockRate: 48000, channels: 2, parameters: {} },
  } as const;

  const events = (take: number): TakeEvent[] => [
    { type: 'open', atMs: take * 1000, callId: track.callId, epoch: '2026-11-20T08:00:00.000Z', owner: 'r', version: '1' },
    { type: 'track', atMs: take * 1000 + 1, file: 'a.rtp', track },
    { type: 'dropped', atMs: take * 1000 + 2, file: 'a.rtp', fromMs: 1, toMs: 2, packets: 3 },
    { type: 'trackEnd', atMs: take * 1000 + 3, trackId: track.trackId },
  ];
  const crypto = () => openSoftwareCrypto({ dataDir: join(folder, 'keys'), secret: 'of a test' });
  async function writeSealedTake(number: number) {
    const made = await makeTake(folder, diskStorage);
    const key = await makeTakeKey(crypto(), diskStorage, { callId: track.callId, ...made });
    const log = new EventLog(await diskStorage.create(join(made.folder, EVENTS_FILE)), new FileCipher(key, EVENTS_FILE));
    for (const event of events(number)) {
      log.append(event);
      await log.flush();
    }
    await log.close();
    return made.folder;
  }

  it('are numbered on and read in order, in the clear and sealed, a torn last event left out', async () => {
    const plain = await makeTake(folder, diskStorage);
    const lines = events(1).map(encodeEvent);
    writeFileSync(join(plain.folder, 'events.jsonl'), Buffer.concat([...lines, Buffer.from('{"type":"close","atMs"')]));
    const sealed = await writeSealedTake(2);
    writeFileSync(join(sealed, EVENTS_FILE), Buffer.from('QQJ2 torn'), { flag: 'a' });
    const { takes, unreadable } = await readTakes(folder, await openTakeKeys(crypto(), track.callId, folder));
    expect(unreadable).toEqual([]);
    expect(takes.map((take) => [take.openedMs, take.closedMs, take.lastMs])).toEqual([
      [1000, null, 1003],
      [2000, null, 2003],
    ]);
    expect(takes.map((take) => take.streams[0]?.key === null)).toEqual([true, false]);
    expect(takes[1]?.streams).toMatchObject([{ track, announcedMs: 2001, endedMs: 2003, dropped: [{ packets: 3 }] }]);
    expect(takes[1]?.streams[0]?.path).toMatch(/take-002\/a\.rtp$/);
  });

  it('are for the eyes of the recorder’s account only', async () => {
    const take = await writeSealedTake(1);
    const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
    expect(['', 'key', EVENTS_FILE].map((name) => modeOf(join(take, name)))).toEqual(['700', '600', '600']);
    expect(readFileSync(join(take, EVENTS_FILE)).includes('track')).toBe(false);
  });

  it('whose key was damaged, or belongs to another call, are named, and the others are read', async () => {
    const [first, second] = [await writeSealedTake(1), await writeSealedTake(2)];
    writeFileSync(join(first, 'key'), readFileSync(join(second, 'key')));
    const keys = await openTakeKeys(crypto(), track.callId, folder);
    const { takes, unreadable } = await readTakes(folder, keys);
    expect([takes.map((take) => take.openedMs), unreadable]).toEqual([[2000], ['take-001']]);
    expect(await openTakeKeys(crypto(), 'another' as CallId, folder)).toEqual({});
  });

  it('wait for the installation’s key when it is not there', async () => {
    await writeSealedTake(1);
    const other = openSoftwareCrypto({ dataDir: join(folder, 'other-keys'), secret: 'of a test' });
    await expect(openTakeKeys(other, track.callId, folder)).rejects.toMatchObject({ code: 'key_unavailable' });
  });

  it('that never got as far as a key are nothing', async () => {
    mkdirSync(join(folder, 'journal/take-001'), { recursive: true });
    expect(await readTakes(folder, await openTakeKeys(crypto(), track.callId, folder))).toEqual({ takes: [], unreadable: [] });
  });

  it('leave out lines that are not what they say', async () => {
    const path = join(folder, 'events.jsonl');
    const text = '{"type":"report","atMs":1,"report":{}}\n\nnull\n{"type":"what","atMs":1}\n{"type":"close","cause":"closed","atMs":5}\n';
    writeFileSync(path, text);
    expect(await readEvents(path, null)).toEqual([{ type: 'close', cause: 'closed', atMs: 5 }]);
  });
});
