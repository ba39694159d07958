import type { TextMark, TranscriptLine } from '@qinqiao/contracts';

/** Where a text stands in the lines of a transcript, its width and case not looked at. */
export interface Hit extends TextMark {
  line: string;
}

const plain = (text: string) => Array.from(text, (character) => like(character)).join('');
/** One unit for each, so that places stay. */
function like(character: string): string {
  const form = character.normalize('NFKC').toLowerCase();
  return form.length === character.length ? form : character;
}

export function hitsIn(lines: readonly TranscriptLine[], sought: string): Hit[] {
  const wanted = plain(sought.trim());
  if (wanted === '') return [];
  return lines.flatMap(({ id, text }) => {
    const hits: Hit[] = [];
    const all = plain(text);
    for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + wanted.length)) {
      hits.push({ line: id, offset: at, length: wanted.length });
    }
    return hits;
  });
}
