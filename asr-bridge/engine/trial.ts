import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseJson } from './json.ts';
import { LineReader } from './line-reader.ts';
import type { EngineConnection, EngineEvents, EngineText, SpeechEngine } from './port.ts';

export type TrialLanguage = 'zh-x-trial' | 'en';

const MODEL = '/usr/share/pocketsphinx/model/en-us';
const data = (name: string) => fileURLToPath(new URL(`../trial/${name}`, import.meta.url));
/** Both languages are heard by the English acoustic model; the spoken test language has its own words, written without spaces. */
const LANGUAGES: Record<TrialLanguage, { dictionary: string; languageModel: string; joiner: string }> = {
  'zh-x-trial': { dictionary: data('zh-x-trial.dict'), languageModel: data('zh-x-trial.arpa'), joiner: '' },
  en: { dictionary: `${MODEL}/cmudict-en-us.dict`, languageModel: `${MODEL}/en-us.lm.bin`, joiner: ' ' },
};

const Spoken = z.tuple([z.string().min(1).max(200), z.number().int().nonnegative(), z.number().int().nonnegative()]);
const Line = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ready') }),
  z.object({ t: z.enum(['partial', 'final']), at: z.number().int().nonnegative(), words: z.array(Spoken).max(2000) }),
  z.object({ t: z.enum(['at', 'end']), at: z.number().int().nonnegative() }),
]);

/** The trial engine: a recogniser on pocketsphinx (deploy/trial-engine), one process per speaker. */
export class TrialEngine implements SpeechEngine {
  readonly name: string;
  readonly trial = true;
  readonly revising = true;
  readonly frameSamples = 640;
  readonly #program: string | null;
  readonly #language: TrialLanguage;

  constructor(options: { program: string | null; language: TrialLanguage }) {
    this.#program = options.program;
    this.#language = options.language;
    this.name = `pocketsphinx/${options.language}`;
  }

  connect(_hints: unknown, events: EngineEvents): EngineConnection {
    const { dictionary, languageModel, joiner } = LANGUAGES[this.#language];
    const child = spawn(this.#program ?? 'qinqiao-trial-engine', [`${MODEL}/en-us`, dictionary, languageModel]);
    return new TrialConnection(child, joiner, events);
  }

  async check(): Promise<string | null> {
    if (this.#program === null) return 'QINQIAO_TRIAL_ENGINE is not set';
    const { dictionary, languageModel } = LANGUAGES[this.#language];
    try {
      await access(this.#program, constants.X_OK);
      await Promise.all([`${MODEL}/en-us/mdef`, dictionary, languageModel].map((file) => access(file, constants.R_OK)));
      return null;
    } catch (error) {
      return `trial engine: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

class TrialConnection implements EngineConnection {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #joiner: string;
  readonly #events: EngineEvents;
  #reason: string | null = null;
  #complaint = '';
  #closed = false;

  constructor(child: ChildProcessWithoutNullStreams, joiner: string, events: EngineEvents) {
    this.#child = child;
    this.#joiner = joiner;
    this.#events = events;
    const lines = new LineReader((line) => this.#read(line));
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.#closed && !lines.push(chunk)) this.destroy('engine wrote nonsense');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('latin1')).slice(-300);
    });
    // A process that dies while it is being written to: `close` tells.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.#close(`engine cannot run: ${error.message}`));
    child.on('close', (code, signal) => this.#close(`engine ended (${signal ?? code ?? 'unknown'}) ${this.#complaint.trim()}`.trim()));
  }

  get buffered(): number {
    return this.#child.stdin.writableLength;
  }

  send(pcm: Int16Array): void {
    this.#child.stdin.write(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength), (error) => {
      if (!error && !this.#closed) this.#events.drained();
    });
  }

  finish(): void {
    this.#child.stdin.end();
  }

  destroy(reason: string): void {
    this.#reason ??= reason;
    this.#child.kill('SIGKILL');
    this.#close(reason);
  }

  #close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.closed(this.#reason ?? reason);
  }

  #read(line: string): void {
    const parsed = Line.safeParse(parseJson(line));
    if (this.#closed) return;
    if (!parsed.success) return this.destroy('engine wrote nonsense');
    if (parsed.data.t === 'ready') return this.#events.ready();
    this.#events.heard(parsed.data.at);
    if (parsed.data.t === 'partial' || parsed.data.t === 'final') this.#events.text(toText(parsed.data, this.#joiner));
  }
}

function toText(line: { t: string; at: number; words: [string, number, number][] }, joiner: string): EngineText {
  const spans: EngineText['spans'] = [];
  let text = '';
  for (const [word, , endMs] of line.words) {
    if (text !== '') text += joiner;
    spans.push({ offset: text.length, length: word.length, endMs });
    text += word;
  }
  const startMs = line.words[0]?.[1] ?? line.at;
  return { final: line.t === 'final', text, startMs, endMs: line.words.at(-1)?.[2] ?? line.at, doneMs: line.at, spans };
}
