/// <reference lib="dom" />
import type { Page } from 'playwright-core';

/** Milliseconds of this machine's clock at which a page element with this test id was clicked last. */
export const clickedAt = (page: Page, testId: string) => page.evaluate((id) => window.qinqiaoProbe.clicks[id] ?? Number.NaN, testId);

/** When the first and the last frame of anybody else's picture were decoded on this page, and how many there were. */
export function framesOf(page: Page): Promise<{ first: number | null; last: number | null; frames: number }> {
  return page.evaluate(() => {
    const tracks = window.qinqiaoProbe.tracks.filter((track) => track.kind === 'video' && track.frames > 0);
    const times = (pick: 'first' | 'last') => tracks.flatMap((track) => track[pick] ?? []);
    return {
      first: times('first').length > 0 ? Math.min(...times('first')) : null,
      last: times('last').length > 0 ? Math.max(...times('last')) : null,
      frames: tracks.reduce((sum, track) => sum + track.frames, 0),
    };
  });
}

export async function untilFrames(page: Page, count = 1, timeout = 15_000): Promise<void> {
  const enough = (wanted: number) => window.qinqiaoProbe.tracks.some((track) => track.kind === 'video' && track.frames >= wanted);
  await page.waitForFunction(enough, count, { timeout });
}

/** The sound energy received so far by each track, largest first (RTCInboundRtpStreamStats.totalAudioEnergy). */
export function soundReceived(page: Page): Promise<{ track: string; energy: number }[]> {
  return page.evaluate(async () => {
    const heard: { track: string; energy: number }[] = [];
    for (const connection of window.qinqiaoProbe.connections) {
      if (connection.connectionState === 'closed') continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp' && report.kind === 'audio')
          heard.push({ track: report.trackIdentifier, energy: report.totalAudioEnergy ?? 0 });
      }
    }
    return heard.sort((a, b) => b.energy - a.energy);
  });
}

/** When an element with this test id first showed this text at or after `since`, in epoch milliseconds; waits for it. */
export async function seenAt(page: Page, testId: string, text: string, since = 0, timeout = 10_000): Promise<number> {
  const find = ([id, part, from]: readonly [string, string, number]) =>
    window.qinqiaoProbe.seen.find((one) => one.id === id && one.at >= from && one.text.includes(part))?.at;
  const handle = await page.waitForFunction(find, [testId, text, since] as const, { timeout });
  return (await handle.jsonValue()) ?? Number.NaN;
}

export const say = (page: Page, wavBase64: string) => page.evaluate((wav) => window.qinqiaoSource.say(wav), wavBase64);
export const clap = (page: Page, count: number) => page.evaluate((times) => window.qinqiaoSource.clap(times), count);
