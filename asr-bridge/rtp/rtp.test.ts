import { describe, expect, it } from 'vitest';
import { opusDuration } from '@qinqiao/server-kit/rtp';
import { SpeechDecoder } from './opus.ts';
import { parseRtp, type RtpPacket } from './packet.ts';
import { Placement } from './placement.ts';
import { Reorder } from './reorder.ts';

const rtp = (hex: string) => parseRtp(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('an RTP packet', () => {
  it('is read with its header extension, contributing sources and padding left out', () => {
    expect(rtp('80 6f 0001 00000002 000000ff aabb')).toEqual({
      payloadType: 111,
      sequence: 1,
      timestamp: 2,
      ssrc: 255,
      payload: Buffer.from('aabb', 'hex'),
    });
    expect(rtp('b1 ef 0001 00000002 000000ff 00000009 bede0001 11223344 aabb 000003')?.payload.toString('hex')).toBe('aabb');
  });

  it.each([
    ['nothing', ''],
    ['too short', '806f0001000000020000'],
    ['another version', '406f000100000002000000ffaabb'],
    ['RTCP', '80c8000100000002000000ffaabb'],
    ['an extension that goes on past the end', '906f000100000002000000ffbede0005aabb'],
    ['more padding than packet', 'a06f000100000002000000ffaabbff'],
    ['padding of no length', 'a06f000100000002000000ffaabb00'],
  ])('is not: %s', (_, hex) => expect(rtp(hex)).toBeNull());
});

describe('the order of packets', () => {
  const packet = (sequence: number): RtpPacket => ({
    sequence: sequence & 0xffff,
    payloadType: 111,
    timestamp: 0,
    ssrc: 1,
    payload: Buffer.alloc(1),
  });
  const play = (steps: [sequence: number, at: number][]) => {
    const reorder = new Reorder();
    return steps.map(([sequence, at]) => reorder.push(packet(sequence), at).map((each) => each.sequence));
  };

  it('is brought back, over the wrap-around too; doubles are dropped', () => {
    expect(
      play([
        [65534, 0],
        [0, 5],
        [65535, 8],
        [65535, 9],
        [1, 20],
      ]),
    ).toEqual([[65534], [], [65535, 0], [], [1]]);
  });

  it('goes on without a lost packet after 60 ms, and leaves it out when it comes after all', () => {
    expect(
      play([
        [1, 0],
        [3, 20],
        [4, 40],
        [5, 80],
        [2, 85],
        [6, 100],
      ]),
    ).toEqual([[1], [], [], [3, 4, 5], [], [6]]);
    const reorder = new Reorder();
    reorder.push(packet(1), 0);
    reorder.push(packet(3), 20);
    expect(reorder.expire(79)).toEqual([]);
    expect(reorder.expire(80).map((each) => each.sequence)).toEqual([3]);
  });

  it('begins anew where the numbers do', () => {
    expect(
      play([
        [100, 0],
        [30_000, 20],
        [30_001, 40],
      ]),
    ).toEqual([[100], [30_000], [30_001]]);
  });
});

describe('how an Opus packet is framed', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  it.each([
    ['one frame of 20 ms (CELT)', bytes(0xf8, 1, 2, 3), 960],
    ['one of 60 ms (SILK)', bytes(0x18, 1), 2880],
    ['DTX: nothing but the first byte', bytes(0x78), 960],
    ['two of the same size', bytes(0xf9, 1, 2), 1920],
    ['two of different sizes', bytes(0xfa, 1, 9, 9), 1920],
    ['three of 10 ms', bytes(0xf3, 3, 1, 2, 3), 1440],
    ['several with sizes and padding', bytes(0xf3, 0xc2, 1, 1, 7, 8, 0), 960],
  ])('%s', (_, packet, samples) => expect(opusDuration(packet)).toBe(samples));

  it.each([
    ['nothing', bytes()],
    ['two of the same size that are not', bytes(0xf9, 1, 2, 3)],
    ['a size past the end', bytes(0xfa, 200, 1)],
    ['no frames', bytes(0xf3, 0)],
    ['longer than 120 ms', bytes(0xfb, 7, 1, 2, 3, 4, 5, 6, 7)],
    ['more padding than packet', bytes(0xf3, 0x41, 255, 9)],
  ])('not: %s', (_, packet) => expect(opusDuration(packet)).toBeNull());

  it('keeps a decoder alive through 20,000 packets of chance', async () => {
    const decoder = await SpeechDecoder.create();
    let seed = 7;
    const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 16;
    let decoded = 0;
    for (let i = 0; i < 20_000; i++) {
      const packet = Uint8Array.from({ length: random() % 80 }, random);
      if (decoder.decode(packet) !== null) decoded++;
    }
    expect(decoded).toBeGreaterThan(1000);
    expect(decoder.decode(bytes(0xf8, 0xff, 0xfe))).toHaveLength(320);
    decoder.free();
  });
});

describe('the place of a packet on the time line', () => {
  const locateAll = (steps: [timestamp: number, arrivedMs: number][]) => {
    const placement = new Placement();
    return steps.map(([timestamp, arrivedMs]) => Math.round(placement.locate(timestamp >>> 0, arrivedMs)));
  };

  it('follows the sender clock, not the network, from the quickest packet on', () => {
    expect(
      locateAll([
        [0, 1000],
        [960, 1050],
        [1920, 1045],
        [2880, 1055],
      ]),
    ).toEqual([1000, 1020, 1040, 1055]);
  });

  it('goes on over the wrap-around of timestamps', () => {
    expect(
      locateAll([
        [0xfffffc40, 1000],
        [0, 1020],
        [960, 1040],
      ]),
    ).toEqual([1000, 1020, 1040]);
  });

  it('begins anew when the sender sets its clock', () => {
    expect(
      locateAll([
        [0, 1000],
        [48_000_000, 1020],
        [48_000_960, 1041],
      ]),
    ).toEqual([1000, 1020, 1040]);
  });

  it('follows a sender whose clock is slow, 200 ppm here, for an hour', () => {
    const placement = new Placement();
    let off = 0;
    for (let i = 0; i < 180_000; i++) {
      const trueMs = i * 20 * 1.0002;
      off = Math.max(off, Math.abs(placement.locate((i * 960) >>> 0, trueMs) - trueMs));
    }
    expect(off).toBeLessThan(10);
  });
});
