import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { openTestStore } from '@qinqiao/domain/testing';
import { createLogger, systemClock } from '@qinqiao/server-kit';
import type { MediaEngine } from '@qinqiao/sfu';
import { expect, it } from 'vitest';
import { start } from './index.ts';

it('does not wait for a browser’s connection on which nothing is asked', { timeout: 10_000 }, async () => {
  await using store = await openTestStore();
  const http = createServer();
  const log = createLogger('test', 'silent');
  const config = {
    recording: { lost: 'continue' as const, waitMs: 1000, minFreeBytes: 0, keepJournals: false, ffmpegPath: null, workDir: null },
  };
  const engine = {} as unknown as MediaEngine;
  const signaling = await start({ config, secret: 's'.repeat(40), db: store.db, clock: systemClock, log, engine, http });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  const silent = connect((http.address() as AddressInfo).port, '127.0.0.1');
  await once(silent, 'connect');
  silent.on('error', () => undefined);
  const gone = once(silent, 'close');
  await signaling[Symbol.asyncDispose]();
  await gone;
  expect(http.listening).toBe(false);
});
