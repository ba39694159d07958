import { type GrantAnswer, QinqiaoError } from '@qinqiao/contracts';
import { Device, type types } from 'mediasoup-client';
import { asQinqiaoError } from '../errors.ts';
import type { Timers } from '../support/timers.ts';
import type { VideoCodec } from './encodings.ts';

/** A grant is used within this time; an older one is fetched anew. */
const FRESH_MS = 90_000;

export interface Admission {
  grant: string;
  device: Device;
  iceServers: RTCIceServer[];
  videoCodec: VideoCodec;
}

export type CreateDevice = () => Promise<Device>;

/** Gets what a join needs: a fresh grant, and a media device loaded for the server's codecs. Can be prepared before the click. */
export class Admissions {
  readonly #fetchGrant: () => Promise<GrantAnswer>;
  readonly #createDevice: CreateDevice;
  readonly #timers: Timers;
  #prepared: { admission: Promise<Admission>; at: number } | null = null;
  #loaded: { capabilities: string; device: Promise<Device> } | null = null;

  constructor(fetchGrant: () => Promise<GrantAnswer>, timers: Timers, createDevice: CreateDevice = () => Device.factory()) {
    this.#fetchGrant = fetchGrant;
    this.#createDevice = createDevice;
    this.#timers = timers;
  }

  /** Fetches now what `take` will want soon. */
  async prepare(): Promise<void> {
    if (!this.#fresh()) this.#prepared = { admission: this.#make(), at: this.#timers.now() };
    const prepared = this.#prepared;
    try {
      await prepared?.admission;
    } catch (error) {
      if (this.#prepared === prepared) this.#prepared = null;
      throw error;
    }
  }

  /** One admission, each grant given out once. Rejects with the server's error, `network_failed` or `browser_unsupported`. */
  async take(): Promise<Admission> {
    const admission = this.#fresh() ? this.#prepared?.admission : undefined;
    this.#prepared = null;
    return (await admission?.catch(() => undefined)) ?? this.#make();
  }

  #fresh(): boolean {
    return this.#prepared !== null && this.#timers.now() - this.#prepared.at < FRESH_MS;
  }

  async #make(): Promise<Admission> {
    let answer: GrantAnswer;
    try {
      answer = await this.#fetchGrant();
    } catch (error) {
      throw asQinqiaoError(error);
    }
    return {
      grant: answer.grant,
      device: await this.#load(answer.routerRtpCapabilities),
      iceServers: answer.iceServers as unknown as RTCIceServer[],
      videoCodec: answer.videoCodec,
    };
  }

  /** Loading opens two peer connections (tens of milliseconds): once for the same codecs. */
  async #load(routerRtpCapabilities: Record<string, unknown>): Promise<Device> {
    const capabilities = JSON.stringify(routerRtpCapabilities);
    if (this.#loaded?.capabilities !== capabilities) {
      this.#loaded = { capabilities, device: this.#newDevice(routerRtpCapabilities) };
    }
    const loaded = this.#loaded;
    try {
      return await loaded.device;
    } catch (error) {
      if (this.#loaded === loaded) this.#loaded = null;
      throw new QinqiaoError('browser_unsupported', { cause: error, detail: String(error) });
    }
  }

  async #newDevice(routerRtpCapabilities: types.RtpCapabilities): Promise<Device> {
    const device = await this.#createDevice();
    await device.load({ routerRtpCapabilities });
    return device;
  }
}
