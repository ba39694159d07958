import { type Config, ConfigError } from '@qinqiao/server-kit';
import { FunasrEngine } from './funasr.ts';
import type { SpeechEngine } from './port.ts';
import { TrialEngine } from './trial.ts';

/** The engine the configuration names; null for `none`. Throws `ConfigError` when it lacks what it needs. */
export function chooseEngine(speech: Config['speech']): SpeechEngine | null {
  if (speech.engine === 'none') return null;
  if (speech.engine === 'trial') return new TrialEngine({ program: speech.trialEngine, language: speech.trialLanguage });
  const url = speech.funasrUrl;
  if (url === null || !/^wss?:$/.test(new URL(url).protocol)) {
    throw new ConfigError('QINQIAO_FUNASR_URL: must be the ws:// or wss:// address of the FunASR service');
  }
  return new FunasrEngine({ url });
}
