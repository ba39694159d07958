import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallId, TrackId } from '@qinqiao/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BatchedFile, BlockBuilder, diskStorage, encodeEvent, makeTake, newDamage, readEvents, readJournal, readTakes } from './index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-journal-'));
  path = join(folder, 'track.rtp');
});
afterEach(() => rmSync(folder, { recursive: true }));

const datagram = (n: number) => Buffer.alloc(100, n);
function blocks(count: number, perBlock = 5): Buffer[] {
  const builder = new BlockBuilder();
  return Array.from({ length: count }, (_, b) => {
    for (let i = 0; i < perBlock; i++) builder.add(1000 + b * 200 + i * 20.5, datagram(b * perBlock + i));
    return builder.take();
  });
}
async function readAll(damage = newDamage()) {
  const out: { n: number | undefined; arrivalMs: number }[] = [];
  for await (const records of readJournal(path, damage)) {
    for (const record of records) out.push({ n: record.datagram[0], arrivalMs: record.arrivalMs });
  }
  return { numbers: out.map((record) => record.n), times: out.map((record) => record.arrivalMs), damage };
}
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a journal', () => {
  it('gives back every datagram with its instant', async () => {
    writeFileSync(path, Buffer.concat(blocks(3)));
    const { numbers, times, damage } = await readAll();
    expect(numbers).toEqual(upTo(15));
    expect(times.slice(0, 3)).toEqual([1000, 1020.5, 1041]);
    expect(damage).toEqual({ skippedBytes: 0, torn: false });
  });

  it('reads blocks across the chunks it reads by', async () => {
    const builder = new BlockBuilder();
    for (let i = 0; i < 30; i++) builder.add(i, Buffer.alloc(60_000, i));
    const big = builder.take();
    writeFileSync(path, Buffer.concat([big, big]));
    const { numbers } = await readAll();
    expect(numbers).toEqual([...upTo(30), ...upTo(30)]);
  });

  it('gives the whole records of a last block that was torn, wherever it was torn', async () => {
    const whole = Buffer.concat(blocks(2));
    const single = whole.length / 2;
    for (let cut = single + 1; cut < whole.length; cut += 7) {
      writeFileSync(path, whole.subarray(0, cut));
      const { numbers, damage } = await readAll();
      const inTorn = Math.max(0, Math.floor((cut - single - 20) / 106));
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
    const data = Buffer.concat(blocks(4));
    const offset = data.length / 4 + at;
    data[offset] = (data[offset] ?? 0) ^ 0x41;
    writeFileSync(path, data);
    const { numbers, damage } = await readAll();
    expect(numbers).toEqual([...upTo(5), ...upTo(20).slice(10)]);
    expect(damage.skippedBytes).toBeGreaterThan(0);
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
    const [first, second, third] = blocks(3) as [Buffer, Buffer, Buffer];
    batched.append(first);
    await batched.flush();
    batched.append(second);
    await expect(batched.flush()).rejects.toThrow('full');
    batched.append(third);
    room = 1e9;
    await batched.close();
    expect((await readAll()).numbers).toEqual(upTo(15));
  });
});

describe('takes', () => {
  const track = {
    callId: 'c' as CallId,
    trackId: 't' as TrackId,
    participantId: 'p',
    role: 'inmate',
    kind: 'audio',
    ssrc: 7,
    codec: { mimeType: 'audio/opus', payloadType: 100, clockRate: 48000, channels: 2, parameters: {} },
  } as const;

  it('are numbered on and read in order, a torn last line left out', async () => {
    for (const take of [1, 2]) {
      const path = await makeTake(folder, diskStorage);
      const lines = [
        { type: 'open', atMs: take * 1000, callId: 'c', epoch: '2026-11-20T08:00:00.000Z', owner: 'r', version: '1' },
        { type: 'track', atMs: take * 1000 + 1, file: 'a.rtp', track },
        { type: 'dropped', atMs: take * 1000 + 2, file: 'a.rtp', fromMs: 1, toMs: 2, packets: 3 },
        { type: 'trackEnd', atMs: take * 1000 + 3, trackId: 't' },
      ].map((event) => encodeEvent(event as Parameters<typeof encodeEvent>[0]));
      writeFileSync(join(path, 'events.jsonl'), Buffer.concat([...lines, Buffer.from('{"type":"close","atMs"')]));
    }
    const takes = await readTakes(folder);
    expect(takes.map((take) => [take.openedMs, take.closedMs, take.lastMs])).toEqual([
      [1000, null, 1003],
      [2000, null, 2003],
    ]);
    expect(takes[1]?.streams).toMatchObject([{ track, announcedMs: 2001, endedMs: 2003, dropped: [{ packets: 3 }] }]);
    expect(takes[1]?.streams[0]?.path).toMatch(/take-002\/a\.rtp$/);
  });

  it('leave out lines that are not what they say', async () => {
    const path = join(folder, 'events.jsonl');
    writeFileSync(
      path,
      '{"type":"report","atMs":1,"report":{}}\n\nnull\n{"type":"what","atMs":1}\n{"type":"close","cause":"closed","atMs":5}\n',
    );
    expect(await readEvents(path)).toEqual([{ type: 'close', cause: 'closed', atMs: 5 }]);
    expect(readFileSync(path, 'utf8')).toContain('what');
  });
});
