/// <reference lib="dom" />
import type { Page } from 'playwright-core';

/** What a received picture is made of, in shares of its points. */
export interface Seen {
  /** Of the wall behind the inmate, which nobody may see. */
  raw: number;
  black: number;
  /** Of the mask's own colour. */
  mask: number;
}
declare global {
  interface Window {
    rawWatch: { frames: number; worst: number; black: number; last: Seen | null };
  }
}

/** Runs in a receiver's page before anything else: looks at each decoded frame. Self-contained, because it is sent as text. */
export function installRawWatch(): void {
  const watch: Window['rawWatch'] = { frames: 0, worst: 0, black: 0, last: null };
  window.rawWatch = watch;
  const pen = new OffscreenCanvas(160, 90).getContext('2d', { willReadFrequently: true });
  const look = (frame: VideoFrame): Seen => {
    if (!pen) throw new Error('no canvas');
    pen.drawImage(frame, 0, 0, 160, 90);
    const { data } = pen.getImageData(0, 0, 160, 90);
    const count = { raw: 0, black: 0, mask: 0 };
    for (let at = 0; at < data.length; at += 4) {
      const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
      if (Math.min(r, b) - g > 60 || g - Math.max(r, b) > 60) count.raw++;
      if (Math.max(r, g, b) < 36) count.black++;
      if (Math.abs(r - 32) < 24 && Math.abs(g - 80) < 24 && Math.abs(b - 128) < 24) count.mask++;
    }
    const points = data.length / 4;
    return { raw: count.raw / points, black: count.black / points, mask: count.mask / points };
  };
  const read = async (track: MediaStreamTrack) => {
    const { MediaStreamTrackProcessor: Processor } = window as unknown as {
      MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => { readable: ReadableStream<VideoFrame> };
    };
    const reader = new Processor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      watch.last = look(value);
      watch.frames++;
      if (watch.last.black > 0.9) watch.black++;
      watch.worst = Math.max(watch.worst, watch.last.raw);
      value.close();
    }
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => void (track.kind === 'video' && read(track)));
    }
  };
}

export const seenBy = (page: Page) => page.evaluate(() => window.rawWatch);

/** Waits for a frame at the receiver's end that is black. */
export const untilBlack = (page: Page, timeout = 8000) =>
  page.waitForFunction(() => (window.rawWatch.last?.black ?? 0) > 0.9, undefined, { timeout, polling: 50 });
/** Waits for a frame with a person before the mask's colour. */
export const untilMasked = (page: Page, timeout = 20_000) =>
  page.waitForFunction(() => (window.rawWatch.last?.mask ?? 0) > 0.4 && (window.rawWatch.last?.black ?? 1) < 0.5, undefined, {
    timeout,
    polling: 50,
  });

/** Ids of the video tracks that the page's connections send, and of all camera tracks that it ever held. */
export const sentAndRaw = (page: Page) =>
  page.evaluate(() => {
    const senders = window.qinqiaoProbe.connections.flatMap((connection) => connection.getSenders());
    const sent = senders.flatMap(({ track }) => (track?.kind === 'video' ? [{ id: track.id, made: track.constructor.name }] : []));
    return { sent, raw: window.qinqiaoSource.given() };
  });

/** What somebody who has the tablet in his hands may do: the camera's own track goes out in place of the masked one. */
export const sendCameraItself = (page: Page) =>
  page.evaluate(async () => {
    const [camera] = (await navigator.mediaDevices.getUserMedia({ video: true })).getVideoTracks();
    const senders = window.qinqiaoProbe.connections.flatMap((connection) => connection.getSenders());
    for (const sender of senders) if (sender.track?.kind === 'video') await sender.replaceTrack(camera ?? null);
  });
