import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TapTrack } from '@qinqiao/contracts';
import { createLogger, type CryptoProvider, openSoftwareCrypto } from '@qinqiao/server-kit';
import { keyFrameRequest } from '@qinqiao/server-kit/rtp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cipherOf, diskStorage, type JournalStorage, openTakeKeys, readJournal, readTakes } from '../journal/index.ts';
import { CALL, EPOCH, newTrack, rtpPacket } from '../testing/index.ts';
import { LiveCall, type LiveCallOptions, type RecordingHealth } from './index.ts';

let folder: string;
let crypto: CryptoProvider;
let sender: Socket;
let call: LiveCall;
let said: RecordingHealth[];
let closed: boolean;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-live-'));
  crypto = openSoftwareCrypto({ dataDir: join(folder, 'keys'), secret: 'of a test' });
  sender = createSocket('udp4');
  await new Promise<void>((resolve) => sender.bind(0, '127.0.0.1', resolve));
  said = [];
  closed = false;
});
afterEach(async () => {
  if (!closed) await call.close('closed');
  sender.close();
  rmSync(folder, { recursive: true });
});

async function open(options: Partial<LiveCallOptions> = {}) {
  const base = { callId: CALL, epoch: EPOCH, owner: 'r', software: 's', folder, ip: '127.0.0.1', storage: diskStorage, crypto };
  const onHealth = (health: RecordingHealth) => void said.push(health);
  call = await LiveCall.open({ ...base, onHealth, log: createLogger('test', 'silent'), ...options });
}
async function close() {
  closed = true;
  await call.close('closed');
}
function packet(track: TapTrack, sequence: number, payload = Buffer.from([0xf8, 0xff, 0xfe])): Buffer {
  return rtpPacket({ payloadType: track.codec.payloadType, sequence, timestamp: sequence * 960, ssrc: track.ssrc }, true, payload);
}
const post = (datagram: Buffer) => new Promise((resolve) => sender.send(datagram, call.address.port, call.address.ip, resolve));
async function recorded() {
  const { takes } = await readTakes(folder, await openTakeKeys(crypto, CALL, folder));
  const take = takes[0];
  const stream = take?.streams[0];
  const sequences: number[] = [];
  for await (const records of readJournal(stream?.path ?? '', stream ? cipherOf(stream) : null))
    sequences.push(...records.map((one) => one.datagram.readUInt16BE(2)));
  return { take, sequences };
}

/** A disk whose mood changes. */
function moodyStorage() {
  const disk = { mood: 'fine' as 'fine' | 'full' | 'stuck' };
  const storage: JournalStorage = {
    makeFolder: (path) => diskStorage.makeFolder(path),
    create: async (path) => {
      const file = await diskStorage.create(path);
      const write = async (data: Buffer, position: number) => {
        while (disk.mood === 'stuck') await sleep(5);
        if (disk.mood === 'full') throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return file.write(data, position);
      };
      return { ...file, write };
    },
  };
  return { disk, storage };
}

describe('a live call', () => {
  it('writes the packets of its tracks, and nothing else that comes', async () => {
    await open();
    const track = newTrack('inmate', 'opus');
    await call.announce(track);
    await call.announce(track);
    await post(packet(track, 1));
    await post(packet({ ...track, ssrc: 99_999 }, 2));
    await post(Buffer.from('not RTP'));
    const senderReport = packet(track, 3);
    senderReport.writeUInt8(200, 1);
    await post(senderReport);
    await post(packet(track, 4));
    await sleep(50);
    call.endTrack(track.trackId);
    await close();
    const { take, sequences } = await recorded();
    expect(sequences).toEqual([1, 4]);
    expect(take?.streams).toMatchObject([{ track, endedMs: expect.any(Number) as number }]);
    expect(take?.closedMs).not.toBeNull();
    expect(said).toEqual([]);
  });

  it('refuses a second track on the ssrc of one that has not ended', async () => {
    await open();
    const [first, second] = [newTrack('inmate', 'opus'), newTrack('inmate', 'opus')];
    await call.announce(first);
    await expect(call.announce({ ...second, ssrc: first.ssrc })).rejects.toMatchObject({ code: 'wrong_state' });
    call.endTrack(first.trackId);
    await call.announce({ ...second, ssrc: first.ssrc });
  });

  it('has packets on the disk within a fraction of a second, without being closed', async () => {
    await open();
    const track = newTrack('inmate', 'opus');
    await call.announce(track);
    await post(packet(track, 7));
    await sleep(350);
    expect((await recorded()).sequences).toEqual([7]);
  });

  it('says within a second that the disk is full, and loses nothing when it is only full for a moment', async () => {
    const { disk, storage } = moodyStorage();
    await open({ storage });
    const track = newTrack('inmate', 'opus');
    await call.announce(track);
    await post(packet(track, 1));
    disk.mood = 'full';
    await post(packet(track, 2));
    await vi.waitFor(() => expect(said.at(-1)).toEqual({ health: 'down', detail: 'storage_full' }), { timeout: 900, interval: 10 });
    await post(packet(track, 3));
    disk.mood = 'fine';
    await vi.waitFor(() => expect(said.at(-1)).toEqual({ health: 'ok', detail: null }), { timeout: 900, interval: 10 });
    await close();
    expect((await recorded()).sequences).toEqual([1, 2, 3]);
  });

  it('says within a second and a half that the disk does not answer, and loses nothing when it does again', async () => {
    const { disk, storage } = moodyStorage();
    await open({ storage });
    const track = newTrack('inmate', 'opus');
    await call.announce(track);
    disk.mood = 'stuck';
    await post(packet(track, 1));
    await vi.waitFor(() => expect(said.at(-1)).toEqual({ health: 'down', detail: 'write_stalled' }), { timeout: 1600, interval: 10 });
    for (let sequence = 2; sequence <= 400; sequence++) {
      await post(packet(track, sequence, Buffer.alloc(1000, 0xf8)));
      // No faster than the socket takes them.
      if (sequence % 20 === 0) await sleep(2);
    }
    disk.mood = 'fine';
    await vi.waitFor(() => expect(said.at(-1)?.health).toBe('ok'), { timeout: 900, interval: 10 });
    await close();
    expect((await recorded()).sequences).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
  });

  it('keeps its memory bounded while the disk takes nothing, and notes what it gave up', async () => {
    const { disk, storage } = moodyStorage();
    await open({ storage, limits: { flushMs: 20, memoryBytes: 5000 } });
    const track = newTrack('inmate', 'opus');
    await call.announce(track);
    disk.mood = 'full';
    for (let sequence = 1; sequence <= 20; sequence++) {
      await post(packet(track, sequence, Buffer.alloc(900, 0xf8)));
      await sleep(5);
    }
    disk.mood = 'fine';
    await vi.waitFor(() => expect(said.at(-1)?.health).toBe('ok'), { timeout: 900, interval: 10 });
    await sleep(60);
    await close();
    const { take, sequences } = await recorded();
    expect(sequences.length).toBeLessThan(20);
    expect(sequences.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(take?.streams[0]?.dropped.reduce((sum, dropped) => sum + dropped.packets, 0)).toBe(20 - sequences.length);
  });

  it('closes in time and is not held by a disk that stays full', async () => {
    const { disk, storage } = moodyStorage();
    await open({ storage, limits: { closeMs: 200 } });
    const track = newTrack('inmate', 'opus');
    await call.announce(track);
    disk.mood = 'full';
    await post(packet(track, 1));
    const began = performance.now();
    await close();
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it('is degraded while an announced track has sent nothing, but silence later is no failure', async () => {
    // Long enough for the one who speaks on a slow machine.
    await open({ limits: { flushMs: 20, silentMs: 600 } });
    const [spoken, silent] = [newTrack('inmate', 'opus'), newTrack('family', 'vp8')];
    await call.announce(spoken);
    await call.announce(silent);
    await post(packet(spoken, 1));
    const soon = { interval: 10, timeout: 5000 };
    await vi.waitFor(() => expect(said).toEqual([{ health: 'degraded', detail: `no_packets ${silent.trackId}` }]), soon);
    await post(packet(silent, 1));
    await vi.waitFor(() => expect(said.at(-1)).toEqual({ health: 'ok', detail: null }), soon);
    await sleep(1500);
    expect(said).toHaveLength(2);
  });

  it('is degraded while space runs low', async () => {
    await open();
    call.setStorageLow(true);
    call.setStorageLow(false);
    expect(said.map((health) => health.detail)).toEqual(['storage_low', null]);
  });

  it('asks the media engine for a key frame after a loss, at the address from which the packets come', async () => {
    await open({ limits: { flushMs: 20 } });
    const track = newTrack('inmate', 'vp8');
    await call.announce(track);
    const answer = once(sender, 'message');
    for (const sequence of [65534, 65535, 1]) await post(packet(track, sequence));
    const [request] = (await answer) as [Buffer];
    expect(request).toEqual(keyFrameRequest(track.ssrc));
    expect([request.readUInt8(1), request.readUInt8(8), request.readUInt8(9)]).toEqual([201, 0x81, 206]);
    expect(request.readUInt32BE(16)).toBe(track.ssrc);
  });
});
