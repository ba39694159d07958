import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { playDemo } from '../demo/play.ts';

it('a whole supervised call: seen, heard, transcribed, alerted, interjected, cut off and recorded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-demo-test-'));
  try {
    const story: string[] = [];
    const measured = await playDemo(folder, (text) => story.push(text));
    expect(measured.alerts.map(({ word, speaker }) => [word, speaker])).toEqual([
      ['越狱', 'inmate'],
      ['自杀', 'family'],
    ]);
    expect(['several_people', 'stranger']).toContain(measured.stranger.kind);
    expect(measured.interjectHeardBy.toSorted()).toEqual(['family', 'inmate']);
    for (const frames of Object.values(measured.framesDecoded)) expect(frames).toBeGreaterThan(100);
    const kinds = measured.recording.files.map(({ participant, kind }) => `${participant} ${kind}`);
    expect(kinds.toSorted()).toEqual(['all combined', 'family audio', 'family video', 'inmate audio', 'inmate video', 'officer audio']);
    expect(story.filter((line) => line.includes('complained'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
