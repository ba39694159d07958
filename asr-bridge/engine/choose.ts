import { QinqiaoError } from '@qinqiao/contracts';
import type { EngineDefinition } from '@qinqiao/domain/speech';
import { type Config, ConfigError } from '@qinqiao/server-kit';
import { FunasrEngine } from './funasr.ts';
import { IFLYTEK_URL, IflytekEngine } from './iflytek.ts';
import type { SpeechEngine } from './port.ts';
import { SherpaEngine } from './sherpa.ts';
import { TrialEngine } from './trial.ts';
import { VoskEngine } from './vosk.ts';

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

/** A stored engine. `trialProgram`: where the trial engine's program is. Throws `bad_request` when its key is missing. */
export function buildEngine(definition: EngineDefinition, key: string | null, trialProgram: string | null): SpeechEngine {
  const { kind, url, name, appId, hotWords, language } = definition;
  const trust = { ca: definition.ca === '' ? null : definition.ca, acceptAny: definition.acceptAny };
  if (kind === 'funasr') return new FunasrEngine({ url, name, trust, hotWords });
  if (kind === 'vosk') return new VoskEngine({ url, name, trust });
  if (kind === 'sherpa') return new SherpaEngine({ url, name, trust });
  if (kind === 'trial') return new TrialEngine({ program: trialProgram, language });
  if (key === null) throw new QinqiaoError('bad_request', { fields: { key: 'required' } });
  return new IflytekEngine({ url: url === '' ? IFLYTEK_URL : url, name, appId, apiKey: key });
}
