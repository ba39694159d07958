import type { MaskReport } from '@qinqiao/contracts';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { describe, expect, it, vi } from 'vitest';
import { FakeTimers } from '../support/fake-timers.ts';
import { MaskingStage } from './masking-stage.ts';
import type { PumpLineOptions } from './pump-line.ts';

const newTrack = () => new FakeMediaStreamTrack({ kind: 'video' });
const MASKED: MaskReport = { state: 'masked', fault: null, framesPerSecond: 20 };

/** A stage whose workers are played by the test. */
function setUp(able = true) {
  const timers = new FakeTimers();
  const lines: {
    options: PumpLineOptions;
    track: FakeMediaStreamTrack;
    closed: boolean;
    camera: ReturnType<typeof vi.fn>;
    exchanged: string[];
  }[] = [];
  const standbys: FakeMediaStreamTrack[] = [];
  const stage = new MaskingStage({
    assets: 'models/',
    timers,
    parts: {
      canMask: () => able,
      openLine: (options) => {
        const line = { options, track: newTrack(), closed: false, camera: vi.fn(), exchanged: [] as string[] };
        lines.push(line);
        return {
          track: line.track,
          camera: line.camera,
          exchange: (helper) => line.exchanged.push(helper),
          close: () => {
            line.closed = true;
            line.track.stop();
          },
          policy: options.policy,
          visible: true,
        };
      },
      openStandby: () => {
        const track = newTrack();
        standbys.push(track);
        return { track, stop: () => track.stop() };
      },
    },
  });
  const shown: unknown[] = [];
  stage.on('track', (track) => shown.push(track));
  const line = (index = 0) => {
    const found = lines[index];
    if (!found) throw new Error('no such line');
    return found;
  };
  /** The worker lives and says so for `ms`. */
  const says = (report: MaskReport, ms = 0, index = 0) => {
    const send = () => line(index).options.onReport({ ...report, costMs: 20 });
    send();
    for (let left = ms; left > 0; left -= 250) {
      timers.advance(250);
      send();
    }
  };
  return { stage, timers, lines, line, standbys, shown, says };
}

describe('the masking stage', () => {
  it('answers a track of its own, never the camera’s', async () => {
    const { stage, line } = setUp();
    const raw = newTrack();
    expect(await stage.attach(raw)).toBe(line().track);
    expect(line().camera).toHaveBeenCalledWith(raw);
  });

  it('keeps its track when the camera is taken anew', async () => {
    const { stage, lines, line, says } = setUp();
    const first = await stage.attach(newTrack());
    says(MASKED);
    stage.cameraLost();
    expect(line().camera).toHaveBeenLastCalledWith(null);
    expect(await stage.attach(newTrack())).toBe(first);
    expect(lines).toHaveLength(1);
  });

  it('gives no picture at all where the browser cannot mask', async () => {
    const { stage, lines } = setUp(false);
    expect(await stage.attach(newTrack())).toBeNull();
    expect(stage.report).toMatchObject({ state: 'black', fault: 'unsupported' });
    expect(lines).toHaveLength(0);
  });
});

describe('a worker that goes silent', () => {
  it('is replaced by a black track within two seconds, and started anew', async () => {
    const { stage, timers, line, standbys, shown, says } = setUp();
    const raw = newTrack();
    await stage.attach(raw);
    says(MASKED, 5000);
    timers.advance(2000);
    expect(shown).toEqual([standbys[0]]);
    expect(line().closed).toBe(true);
    expect(stage.report).toMatchObject({ state: 'black', fault: 'stopped' });
    timers.advance(1000);
    expect(line(1).camera).toHaveBeenCalledWith(raw);
    expect(shown).toHaveLength(1);
    says({ state: 'starting', fault: null, framesPerSecond: 0 }, 0, 1);
    expect(shown).toEqual([standbys[0], line(1).track]);
    expect(standbys[0]?.readyState).toBe('ended');
  });

  it('and says so itself, at once', async () => {
    const { stage, line, standbys, shown } = setUp();
    await stage.attach(newTrack());
    line().options.onGone();
    expect(shown).toEqual([standbys[0]]);
  });

  it('a camera that is taken anew meanwhile gets the black track', async () => {
    const { stage, timers, line, standbys } = setUp();
    await stage.attach(newTrack());
    timers.advance(2000);
    const raw = newTrack();
    expect(await stage.attach(raw)).toBe(standbys[0]);
    timers.advance(1000);
    expect(line(1).camera).toHaveBeenCalledWith(raw);
  });

  it('starts nothing any more once it was let go', async () => {
    const { stage, timers, lines } = setUp();
    await stage.attach(newTrack());
    timers.advance(2000);
    stage.detach();
    timers.advance(60_000);
    expect(lines).toHaveLength(1);
  });
});

describe('masking that does not come back', () => {
  it.each(['late', 'failed'] as const)('is started anew after %s, then less and less often', async (fault) => {
    const { stage, line, says } = setUp();
    await stage.attach(newTrack());
    says({ state: 'black', fault, framesPerSecond: 0 }, 2750);
    expect(line().exchanged).toEqual([]);
    says({ state: 'black', fault, framesPerSecond: 0 }, 500);
    expect(line().exchanged).toEqual(['segmenter', 'faces']);
    says({ state: 'black', fault, framesPerSecond: 0 }, 5000);
    expect(line().exchanged).toHaveLength(2);
    says({ state: 'black', fault, framesPerSecond: 0 }, 2000);
    expect(line().exchanged).toHaveLength(4);
  });

  it.each(['several_people', 'nobody', 'hidden'] as const)('%s is no reason', async (fault) => {
    const { stage, line, says } = setUp();
    await stage.attach(newTrack());
    says({ state: 'black', fault, framesPerSecond: 0 }, 60_000);
    expect(line().exchanged).toEqual([]);
  });
});
