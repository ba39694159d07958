import type { QinqiaoError } from '@qinqiao/contracts';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeTimers } from '../support/fake-timers.ts';
import { LocalMedia } from './local-media.ts';
import { passThroughStage, type PictureStage, type StagedVideo } from './picture-stage.ts';

/** The browser's devices, as far as they are needed; each can be made to fail as browsers do. */
class Devices {
  readonly asked: MediaStreamConstraints[] = [];
  readonly given: FakeMediaStreamTrack[] = [];
  fails: { audio?: string; video?: string } = {};
  /** When set, answers wait for it. */
  gate: Promise<void> = Promise.resolve();

  getUserMedia = async (constraints: MediaStreamConstraints) => {
    this.asked.push(constraints);
    await this.gate;
    const kinds = (['audio', 'video'] as const).filter((kind) => constraints[kind]);
    for (const kind of kinds) {
      const name = this.fails[kind];
      if (name) throw new DOMException('refused', name);
    }
    const tracks = kinds.map((kind) => new FakeMediaStreamTrack({ kind }));
    this.given.push(...tracks);
    return { getTracks: () => tracks };
  };
}

let devices: Devices;
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: QinqiaoError) => error.code,
  );
/** Lets everything that is under way finish. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

beforeEach(() => {
  devices = new Devices();
  vi.stubGlobal('navigator', { mediaDevices: devices });
});
afterEach(() => vi.unstubAllGlobals());

describe('taking the devices', () => {
  it('asks once for both, and gives the staged picture and the voice', async () => {
    const media = new LocalMedia();
    const { audio, video } = await media.open();
    expect([audio?.kind, video?.kind]).toEqual(['audio', 'video']);
    expect(devices.asked).toHaveLength(1);
    expect(media.pictureState).toBe('off');
  });

  it.each([
    [{ video: 'NotAllowedError', audio: 'NotAllowedError' }, 'devices_denied'],
    [{ video: 'NotFoundError' }, 'camera_missing'],
    [{ audio: 'NotFoundError' }, 'microphone_missing'],
    [{ video: 'NotReadableError' }, 'devices_busy'],
    [{ audio: 'SomethingNewError' }, 'browser_unsupported'],
  ])('%j is %s', async (fails, code) => {
    devices.fails = fails;
    expect(await failure(new LocalMedia().open())).toBe(code);
    expect(devices.given.every((track) => track.readyState === 'ended')).toBe(true);
  });

  it('a page without HTTPS has no devices', async () => {
    vi.stubGlobal('navigator', {});
    expect(await failure(new LocalMedia().open())).toBe('browser_unsupported');
  });

  it('what comes after closing is given back', async () => {
    let open = () => {};
    devices.gate = new Promise((resolve) => {
      open = resolve;
    });
    const media = new LocalMedia();
    const opening = media.open();
    media.close();
    open();
    await opening;
    expect(devices.given.map((track) => track.readyState)).toEqual(['ended', 'ended']);
    expect(media.tracks).toEqual({ audio: null, video: null });
  });
});

describe('the picture stage', () => {
  it('stands between the camera and what is published, also when the camera was taken anew', async () => {
    const seen: MediaStreamTrack[] = [];
    const stage: PictureStage = {
      state: 'on',
      attach: async (raw) => {
        seen.push(raw);
        return new FakeMediaStreamTrack({ kind: 'video' }) as unknown as StagedVideo;
      },
      detach: () => {},
    };
    const media = new LocalMedia({ stage, timers: new FakeTimers() });
    const first = (await media.open()).video;
    devices.given.find((track) => track.kind === 'video')?.remoteStop();
    await settle();
    expect(seen).toHaveLength(2);
    expect(media.tracks.video).not.toBe(first);
    expect(seen).not.toContain(media.tracks.video);
  });
});

describe('a device that is taken away', () => {
  it('is taken anew', async () => {
    const media = new LocalMedia({ timers: new FakeTimers(), stage: passThroughStage() });
    const { audio, video } = await media.open();
    devices.given[0]?.remoteStop();
    await settle();
    expect(media.tracks.audio?.readyState).toBe('live');
    expect(media.tracks.audio).not.toBe(audio);
    expect(media.tracks.video).toBe(video);
  });

  it('a microphone that stays mute counts as taken away, as on iOS after a telephone call', async () => {
    const timers = new FakeTimers();
    const media = new LocalMedia({ timers });
    const { audio } = await media.open();
    devices.given[0]?.remoteMute();
    timers.advance(1000);
    devices.given[0]?.remoteUnmute();
    timers.advance(10_000);
    expect(media.tracks.audio).toBe(audio);
    devices.given[0]?.remoteMute();
    timers.advance(2000);
    await settle();
    expect(media.tracks.audio).not.toBe(audio);
    expect(devices.given[0]?.readyState).toBe('ended');
  });

  it('is tried again until it is there, and the page is told', async () => {
    const timers = new FakeTimers();
    const media = new LocalMedia({ timers });
    const problems: (string | null)[] = [];
    media.on('problem', (problem) => problems.push(problem?.code ?? null));
    await media.open();
    devices.fails = { audio: 'NotReadableError' };
    devices.given[0]?.remoteStop();
    await settle();
    timers.advance(3000);
    await settle();
    devices.fails = {};
    timers.advance(3000);
    await settle();
    expect(problems).toEqual(['devices_busy', 'devices_busy', null]);
    expect(media.tracks.audio?.readyState).toBe('live');
  });

  it('is left alone after closing', async () => {
    const timers = new FakeTimers();
    const media = new LocalMedia({ timers });
    await media.open();
    devices.fails = { audio: 'NotReadableError' };
    devices.given[0]?.remoteStop();
    await settle();
    media.close();
    timers.advance(60_000);
    await settle();
    expect(devices.asked).toHaveLength(2);
  });
});

describe('another device', () => {
  it('is used when it can be had, else the former one again', async () => {
    const media = new LocalMedia({ timers: new FakeTimers() });
    await media.open();
    await media.useDevices({ camera: 'usb' });
    expect(devices.asked.at(-1)).toMatchObject({ video: { deviceId: { ideal: 'usb' } } });
    let failed = false;
    const real = devices.getUserMedia;
    devices.getUserMedia = async (constraints) => {
      if (!failed) {
        failed = true;
        throw new DOMException('busy', 'NotReadableError');
      }
      return real(constraints);
    };
    expect(await failure(media.useDevices({ camera: 'broken' }))).toBe('devices_busy');
    expect(media.tracks.video?.readyState).toBe('live');
    expect(devices.asked.at(-1)).toMatchObject({ video: { deviceId: { ideal: 'usb' } } });
  });
});
