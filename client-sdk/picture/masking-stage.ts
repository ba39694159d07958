import type { MaskPolicy, MaskReport } from '@qinqiao/contracts';
import type { PictureStage, PictureState, StagedVideo, StageEvents } from '../devices/picture-stage.ts';
import { Emitter } from '../support/emitter.ts';
import { browserTimers, type Timers } from '../support/timers.ts';
import { canMask } from './insertable.ts';
import { Mender } from './mender.ts';
import { HELPERS } from './protocol.ts';
import { PumpLine, type PumpLineOptions } from './pump-line.ts';
import { standbyTrack } from './standby.ts';
import { Watchdog } from './watchdog.ts';

const RESTART_MS = 1000;
const STARTING: MaskReport = { state: 'starting', fault: null, framesPerSecond: 0 };
const DEFAULT_POLICY: MaskPolicy = { mode: 'colour', colour: '#205080' };

export interface MaskingEvents extends StageEvents {
  report: MaskReport;
}

export interface MaskingOptions {
  /** Folder of the models, as the build put it (`MASKING_ASSETS`). */
  assets: string;
  timers?: Timers;
  /** For tests. */
  parts?: {
    canMask: () => boolean;
    openLine: (options: PumpLineOptions) => Pick<PumpLine, 'track' | 'camera' | 'exchange' | 'close' | 'policy' | 'visible'>;
    openStandby: typeof standbyTrack;
  };
}

const realParts = { canMask, openLine: (options: PumpLineOptions) => new PumpLine(options), openStandby: standbyTrack };

/**
 * The inmate's picture stage: the person before a backdrop, or black. The raw track ends here; what is answered is made in a worker,
 * and when that worker is silent, a black track of the page's own takes its place.
 */
export class MaskingStage extends Emitter<MaskingEvents> implements PictureStage {
  readonly #assets: string;
  readonly #timers: Timers;
  readonly #parts: NonNullable<MaskingOptions['parts']>;
  readonly #mender: Mender;
  #policy = DEFAULT_POLICY;
  #report: MaskReport = STARTING;
  #raw: MediaStreamTrack | null = null;
  #line: ReturnType<NonNullable<MaskingOptions['parts']>['openLine']> | null = null;
  #standby: ReturnType<typeof standbyTrack> | null = null;
  #watchdog: Watchdog | null = null;
  #cancelRestart = () => {};

  constructor({ assets, timers = browserTimers, parts = realParts }: MaskingOptions) {
    super();
    this.#assets = assets;
    this.#timers = timers;
    this.#parts = parts;
    this.#mender = new Mender(timers);
  }

  get state(): PictureState {
    return this.#report.state === 'masked' ? 'on' : 'black';
  }

  get report(): MaskReport {
    return this.#report;
  }

  set policy(policy: MaskPolicy) {
    this.#policy = policy;
    if (this.#line) this.#line.policy = policy;
  }

  /** Answers null where the browser cannot mask: then no picture leaves the device. */
  attach(raw: MediaStreamTrack): Promise<StagedVideo | null> {
    this.#raw = raw;
    if (!this.#parts.canMask()) {
      this.#tell({ state: 'black', fault: 'unsupported', framesPerSecond: 0 });
      return Promise.resolve(null);
    }
    if (this.#line) this.#line.camera(raw);
    else if (!this.#standby) this.#open();
    return Promise.resolve(this.#track);
  }

  detach(): void {
    globalThis.document?.removeEventListener('visibilitychange', this.#look);
    this.#cancelRestart();
    this.#closeLine();
    this.#standby?.stop();
    this.#standby = null;
    this.#raw = null;
    this.#tell(STARTING);
  }

  /** The camera that was attached is gone and another one is on its way. */
  cameraLost(): void {
    this.#line?.camera(null);
  }

  get #track(): StagedVideo | null {
    return ((this.#standby ?? this.#line)?.track ?? null) as StagedVideo | null;
  }

  #open(): void {
    const line = this.#parts.openLine({
      assets: this.#assets,
      policy: this.#policy,
      onReport: (report) => line === this.#line && this.#heard(report),
      onGone: () => line === this.#line && this.#gone(),
    });
    this.#line = line;
    this.#watchdog = new Watchdog(this.#timers, () => this.#gone());
    globalThis.document?.addEventListener('visibilitychange', this.#look);
    line.visible = isVisible();
    line.camera(this.#raw);
  }

  readonly #look = () => {
    if (this.#line) this.#line.visible = isVisible();
  };

  #heard({ state, fault, framesPerSecond }: MaskReport): void {
    this.#watchdog?.heard();
    this.#endStandby();
    this.#tell({ state, fault, framesPerSecond });
    if (this.#mender.hears({ state, fault })) for (const helper of HELPERS) this.#line?.exchange(helper);
  }

  /** A terminated worker leaves its track frozen on the last picture: it must not stay published. */
  #gone(): void {
    this.#standby ??= this.#parts.openStandby();
    this.#tell({ state: 'black', fault: 'stopped', framesPerSecond: 0 });
    this.emit('track', this.#track);
    this.#closeLine();
    this.#cancelRestart = this.#timers.after(RESTART_MS, () => this.#open());
  }

  #endStandby(): void {
    const standby = this.#standby;
    if (!standby) return;
    this.#standby = null;
    this.emit('track', this.#track);
    standby.stop();
  }

  #closeLine(): void {
    this.#watchdog?.stop();
    this.#line?.close();
    this.#line = null;
  }

  #tell(report: MaskReport): void {
    this.#report = report;
    this.emit('report', report);
  }
}

const isVisible = () => globalThis.document?.visibilityState !== 'hidden';
