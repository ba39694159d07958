import type { Platform } from './platform.ts';

// Loaded when they are started: a process that runs one service alone carries only that one.

/** The recorder, offering itself to signaling at the configured address. */
export async function startRecorder(platform: Platform): Promise<AsyncDisposable> {
  const { config, db, clock, linkSecret } = platform;
  const { start } = await import('@qinqiao/recorder');
  return start({ config, db, clock, linkSecret, log: platform.logger('recorder') });
}

/** The speech bridge, likewise. */
export async function startAsrBridge(platform: Platform): Promise<AsyncDisposable> {
  const { config, db, clock, linkSecret } = platform;
  const { start } = await import('@qinqiao/asr-bridge');
  return start({ config, db, clock, linkSecret, log: platform.logger('asr-bridge') });
}
