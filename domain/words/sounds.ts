import { pinyin, polyphonic } from 'pinyin-pro';
import type { Stepwise } from './automaton.ts';

const HAN_FROM = 0x4e00;
const HAN_TO = 0x9fff;
/** Of a syllable with its tone: five for each syllable, the first the neutral one. */
const TONES = 5;
const NUMBERED = /^([a-zü]+)([0-4])$/;

/** The syllable of a sound, whatever its tone. */
export const toneless = (sound: number): number => Math.floor(sound / TONES) * TONES;

/** How Chinese characters sound. Sounds are numbers; a character that stands alone has its commonest reading. */
export class Sounds {
  readonly #syllables = new Map<string, number>();
  /** Of each UTF-16 unit its syllable with tone; 0: none. */
  readonly #usual = new Uint16Array(65536);
  readonly #hasSeveral = new Uint8Array(65536);
  /** Readings within words, of those whose characters have several; kept, as asking anew is slow. */
  #readings = new Map<string, Uint16Array>();
  #asked = new Map<string, Uint16Array>();

  /** Asks for the readings of 20,992 characters, once. */
  static *load(): Stepwise<Sounds> {
    const sounds = new Sounds();
    for (let unit = HAN_FROM; unit <= HAN_TO; unit++) {
      if (unit % 256 === 0) yield;
      const character = String.fromCharCode(unit);
      const [reading = ''] = pinyin(character, { toneType: 'num', type: 'array' });
      sounds.#usual[unit] = sounds.#number(reading);
      if ((polyphonic(character, { toneType: 'num', type: 'array' })[0]?.length ?? 0) > 1) sounds.#hasSeveral[unit] = 1;
    }
    return sounds;
  }

  /** Syllable and tone of a character by itself; 0 for what is no Chinese character. */
  usual(unit: number): number {
    return this.#usual[unit] ?? 0;
  }

  /** Syllables and tones of a folded word, unit by unit, characters with several readings as the word has them (银行 as yin hang). */
  ofWord(folded: string): Uint16Array {
    const usual = Uint16Array.from({ length: folded.length }, (_, at) => this.usual(folded.charCodeAt(at)));
    if (!usual.some((_, at) => this.#hasSeveral[folded.charCodeAt(at)] === 1)) return usual;
    const known = this.#readings.get(folded) ?? this.#inContext(folded, usual);
    this.#asked.set(folded, known);
    return known;
  }

  /** Forgets readings that were not asked for since this was called last. */
  tidy(): void {
    this.#readings = this.#asked;
    this.#asked = new Map();
  }

  #inContext(folded: string, usual: Uint16Array): Uint16Array {
    for (const { 0: run, index } of folded.matchAll(/[\u4e00-\u9fff]{2,}/g)) {
      const readings = pinyin(run, { toneType: 'num', type: 'array', toneSandhi: false });
      if (readings.length !== run.length) continue;
      for (const [at, reading] of readings.entries()) usual[index + at] = this.#number(reading) || (usual[index + at] ?? 0);
    }
    return usual;
  }

  #number(reading: string): number {
    const [, syllable, tone] = NUMBERED.exec(reading) ?? [];
    if (syllable === undefined) return 0;
    let number = this.#syllables.get(syllable);
    if (number === undefined) this.#syllables.set(syllable, (number = this.#syllables.size + 1));
    return number * TONES + Number(tone);
  }
}
