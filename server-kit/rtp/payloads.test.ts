import { describe, expect, it } from 'vitest';
import { type Depacketiser, H264, OPUS_SILENCE, opusDurationMs, PictureDepacketiser, parseRtp, Vp8 } from './index.ts';

const rtp = (payload: Buffer, marker = false) => ({ marker, payloadType: 101, sequence: 0, timestamp: 0, ssrc: 1, payload });
interface Step {
  payload: Buffer;
  timestamp: number;
  marker?: boolean;
  lostBefore?: number;
}
function feed(depacketiser: Depacketiser, steps: Step[]) {
  const frames = steps.flatMap(({ payload, timestamp, marker, lostBefore }) =>
    depacketiser.push({ sequence: 0, timestamp, arrivalMs: timestamp, rtp: rtp(payload, marker ?? true) }, lostBefore ?? 0),
  );
  return [...frames, ...depacketiser.flush()];
}

describe('an RTP packet', () => {
  const header = Buffer.from('80e5000100000002000000 03'.replaceAll(' ', ''), 'hex');

  it('is read with its contributors, extension and padding left out', () => {
    const full = Buffer.concat([
      Buffer.from('b2e50001000000020000000f', 'hex'),
      Buffer.alloc(8),
      Buffer.from('bede0001aabbccdd', 'hex'),
      Buffer.from('payload'),
      Buffer.from([0, 0, 3]),
    ]);
    expect(parseRtp(full)).toMatchObject({ marker: true, payloadType: 101, sequence: 1, timestamp: 2, ssrc: 15 });
    expect(parseRtp(full)?.payload.toString()).toBe('payload');
  });

  it.each([
    ['cut short', header.subarray(0, 11)],
    ['of another version', Buffer.concat([Buffer.from([0x40]), header.subarray(1)])],
    ['with more padding than bytes', Buffer.concat([Buffer.from([0xa0]), header.subarray(1), Buffer.from([200])])],
    ['with an extension beyond its end', Buffer.concat([Buffer.from([0x90]), header.subarray(1), Buffer.from([0xbe, 0xde, 0, 9])])],
  ])('that is %s is refused', (_, datagram) => {
    expect(parseRtp(datagram)).toBeNull();
  });
});

describe('Opus', () => {
  it.each([
    [OPUS_SILENCE, 20],
    [Buffer.from([0x08]), 20],
    [Buffer.from([0x18, 1]), 60],
    [Buffer.from([0xe1, 1, 1]), 5],
    [Buffer.from([0x7b, 3, 1]), 60],
    [Buffer.from([0x1b, 63]), 0],
    [Buffer.alloc(0), 0],
  ])('packet %s lasts %d ms', (packet, ms) => {
    expect(opusDurationMs(packet)).toBe(ms);
  });
});

describe('VP8', () => {
  const keyFrame = Buffer.from('10020 09d012a80026801aabbcc'.replaceAll(' ', ''), 'hex');
  const interFrame = Buffer.from('31aabb', 'hex');
  const start = (data: Buffer) => Buffer.concat([Buffer.from([0x10]), data]);
  const go = (steps: Step[]) => feed(new PictureDepacketiser(new Vp8()), steps);

  it('is put together from parts with every form of descriptor', () => {
    const long = Buffer.from([0x90, 0xf0, 0x81, 0x23, 0x05, 0x20]);
    const short = Buffer.from([0x80, 0x80, 0x11]);
    const frames = go([
      { payload: Buffer.concat([long, keyFrame.subarray(0, 6)]), timestamp: 1, marker: false },
      { payload: Buffer.concat([short, keyFrame.subarray(6)]), timestamp: 1 },
      { payload: start(interFrame), timestamp: 2 },
    ]);
    expect(frames).toMatchObject([
      { key: true, timestamp: 1, size: { width: 640, height: 360 } },
      { key: false, timestamp: 2 },
    ]);
    expect(Buffer.from(frames[0]?.data ?? [])).toEqual(keyFrame);
  });

  it('ends a frame whose last packet carried no marker', () => {
    const frames = go([
      { payload: start(keyFrame), timestamp: 1, marker: false },
      { payload: start(interFrame), timestamp: 2, marker: false },
    ]);
    expect(frames.map((frame) => frame.timestamp)).toEqual([1, 2]);
  });

  it('gives nothing after a loss until the next key frame, and says so there', () => {
    const frames = go([
      { payload: start(interFrame), timestamp: 1 },
      { payload: start(keyFrame), timestamp: 2 },
      { payload: start(interFrame), timestamp: 3, lostBefore: 1 },
      { payload: start(interFrame), timestamp: 4 },
      { payload: start(keyFrame), timestamp: 5 },
      { payload: start(interFrame), timestamp: 6 },
    ]);
    expect(frames.map((frame) => [frame.timestamp, frame.afterLoss])).toEqual([
      [2, false],
      [5, true],
      [6, false],
    ]);
  });

  it('drops what is damaged: no start, a wrong start code, an empty descriptor', () => {
    const wrong = Buffer.from(keyFrame);
    wrong[3] = 0;
    const frames = go([
      { payload: start(keyFrame), timestamp: 1 },
      { payload: Buffer.concat([Buffer.from([0x00]), interFrame]), timestamp: 2 },
      { payload: start(wrong), timestamp: 3 },
      { payload: Buffer.from([0x90, 0x80]), timestamp: 4 },
      { payload: start(interFrame), timestamp: 5 },
      { payload: start(keyFrame), timestamp: 6 },
    ]);
    expect(frames.map((frame) => frame.timestamp)).toEqual([1, 6]);
  });
});

describe('H.264', () => {
  // Baseline, 640×360 and 320×240, as x264 writes them.
  const spsWide = Buffer.from('6742c016d900a02ff97011000003000100000300140f162e48', 'hex');
  const spsSmall = Buffer.from('6742c00bd90141fb011000000300100000030140f142a480', 'hex');
  const pps = Buffer.from('68cb83cb20', 'hex');
  const idr = Buffer.concat([Buffer.from([0x65]), Buffer.alloc(20, 7)]);
  const slice = Buffer.concat([Buffer.from([0x41]), Buffer.alloc(20, 9)]);
  const stapA = (...nals: Buffer[]) =>
    Buffer.concat([Buffer.from([0x78]), ...nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])]);
  const fragments = (nal: Buffer, size = 8) => {
    const parts: Buffer[] = [];
    for (let at = 1; at < nal.length; at += size) {
      const header = ((nal[0] ?? 0) & 0x1f) | (at === 1 ? 0x80 : 0) | (at + size >= nal.length ? 0x40 : 0);
      parts.push(Buffer.concat([Buffer.from([((nal[0] ?? 0) & 0xe0) | 28, header]), nal.subarray(at, at + size)]));
    }
    return parts;
  };
  const nalsOf = (data: Uint8Array | undefined) => {
    const bytes = Buffer.from(data ?? []);
    const out: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) out.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
    return out;
  };
  const go = (steps: Step[], sprop?: string) => feed(new PictureDepacketiser(new H264(sprop)), steps);

  it('is put together from single units, aggregates and fragments', () => {
    const [first, second, third] = fragments(idr) as [Buffer, Buffer, Buffer];
    const frames = go([
      { payload: stapA(spsWide, pps), timestamp: 1, marker: false },
      { payload: first, timestamp: 1, marker: false },
      { payload: second, timestamp: 1, marker: false },
      { payload: third, timestamp: 1 },
      { payload: slice, timestamp: 2, marker: false },
      { payload: slice, timestamp: 2 },
    ]);
    expect(frames.map((frame) => nalsOf(frame.data))).toEqual([
      [spsWide, pps, idr],
      [slice, slice],
    ]);
    expect(frames[0]).toMatchObject({ key: true, size: { width: 640, height: 360 } });
    expect(frames[1]).toMatchObject({ key: false });
  });

  it('carries parameter sets that come in a packet of their own to the next picture', () => {
    const frames = go([
      { payload: spsWide, timestamp: 1 },
      { payload: pps, timestamp: 2 },
      { payload: idr, timestamp: 3 },
    ]);
    expect(frames).toHaveLength(1);
    expect(nalsOf(frames[0]?.data)).toEqual([spsWide, pps, idr]);
    expect(frames[0]?.timestamp).toBe(3);
  });

  it('puts the newest parameter sets before a key frame that came without', () => {
    const sprop = [spsWide, pps].map((nal) => nal.toString('base64')).join(',');
    const frames = go(
      [
        { payload: idr, timestamp: 1 },
        { payload: stapA(spsSmall, pps, idr), timestamp: 2 },
        { payload: idr, timestamp: 3 },
      ],
      sprop,
    );
    expect(frames.map((frame) => nalsOf(frame.data))).toEqual([
      [spsWide, pps, idr],
      [spsSmall, pps, idr],
      [spsSmall, pps, idr],
    ]);
    expect(frames[2]?.size).toEqual({ width: 320, height: 240 });
  });

  it.each([
    ['a fragment without its beginning', [fragments(slice)[1] as Buffer]],
    ['a fragment that never ends', [fragments(slice)[0] as Buffer]],
    ['another unit inside a fragmented one', [fragments(slice)[0] as Buffer, slice]],
    ['an aggregate cut short', [stapA(slice).subarray(0, 10)]],
    ['a unit marked as damaged', [Buffer.from([0xc1, 1, 2])]],
    ['a form that is not negotiated', [Buffer.from([0x79, 1, 2])]],
  ])('shows nothing after %s until the next key frame', (_, damaged) => {
    const key = stapA(spsWide, pps, idr);
    const frames = go([
      { payload: key, timestamp: 1 },
      ...damaged.map((payload, i) => ({ payload, timestamp: 2, marker: i === damaged.length - 1 })),
      { payload: slice, timestamp: 3 },
      { payload: key, timestamp: 4 },
    ]);
    expect(frames.map((frame) => [frame.timestamp, frame.afterLoss])).toEqual([
      [1, false],
      [4, true],
    ]);
  });

  it('knows the size of a picture that is cropped, in a high profile', () => {
    const high = Buffer.from('67640016acb201405fdcd80880000003008000000a078b1724', 'hex');
    expect(go([{ payload: stapA(high, pps, idr), timestamp: 1 }])[0]?.size).toEqual({ width: 636, height: 358 });
  });

  it('waits for parameter sets before it shows anything', () => {
    expect(
      go([
        { payload: idr, timestamp: 1 },
        { payload: slice, timestamp: 2 },
      ]),
    ).toEqual([]);
  });
});
