import type { Platform } from './platform.ts';

// Loaded when they are started: a process that runs one service alone carries only that one.

/** The recorder, offering itself to signaling at the configured address. */
export async function startRecorder(platform: Platform): Promise<AsyncDisposable> {
  const { config, db, crypto, clock, linkSecret } = platform;
  const { start } = await import('@qinqiao/recorder');
  return start({ config, db, crypto, clock, linkSecret, log: platform.logger('recorder') });
}

/** The speech bridge, likewise. */
export async function startAsrBridge(platform: Platform): Promise<AsyncDisposable> {
  const { config, db, crypto, clock, linkSecret } = platform;
  const { start } = await import('@qinqiao/asr-bridge');
  return start({ config, db, crypto, clock, linkSecret, log: platform.logger('asr-bridge') });
}

/** The watch of the pictures, likewise. */
export async function startPictureWatch(platform: Platform): Promise<AsyncDisposable> {
  const { config, db, crypto, clock, linkSecret } = platform;
  const { start } = await import('@qinqiao/picture-watch');
  return start({ config, db, crypto, clock, linkSecret, faces: platform.faces(), log: platform.logger('picture-watch') });
}
