import type { LineWord, TextMark } from '@qinqiao/contracts';
import { Tooltip } from 'antd';
import { useText } from '../i18n/index.ts';

interface Props {
  text: string;
  words?: readonly LineWord[];
  /** What is looked for. */
  found?: readonly TextMark[];
  /** Which of `found` is looked at. */
  current?: number | null;
}

type Piece = { text: string; word: LineWord | null; found: number | null };

/** Cuts a text where words and hits begin and end; of words that overlap the first counts. */
export function pieces(text: string, words: readonly LineWord[], found: readonly TextMark[]): Piece[] {
  const edges = new Set([0, text.length]);
  const kept: LineWord[] = [];
  for (const word of words) {
    const last = kept.at(-1);
    if (word.offset + word.length > text.length || (last && word.offset < last.offset + last.length)) continue;
    kept.push(word);
  }
  for (const { offset, length } of [...kept, ...found]) {
    edges.add(Math.min(offset, text.length));
    edges.add(Math.min(offset + length, text.length));
  }
  const sorted = [...edges].toSorted((one, other) => one - other);
  const within = (at: number) => (one: TextMark) => one.offset <= at && at < one.offset + one.length;
  return sorted.slice(0, -1).map((from, index) => {
    const hit = found.findIndex(within(from));
    return { text: text.slice(from, sorted[index + 1]), word: kept.find(within(from)) ?? null, found: hit < 0 ? null : hit };
  });
}

/** A line's text: sensitive words in red by their level, homophones dotted, what is looked for with a yellow ground. */
export function MarkedText({ text, words = [], found = [], current = null }: Props) {
  const t = useText();
  return pieces(text, words, found).map((piece, index) => {
    const classes = piece.found === null ? '' : piece.found === current ? 'find-hit is-current' : 'find-hit';
    if (!piece.word) {
      return (
        <span key={index} className={classes}>
          {piece.text}
        </span>
      );
    }
    const { word, level, match, note, unconfirmed } = piece.word;
    const about = [
      word,
      t('transcripts.line.level', { level }),
      ...(match === 'homophone' ? [t('transcripts.line.homophone')] : []),
      ...(unconfirmed ? [t('transcripts.line.unconfirmed')] : []),
      ...(note ? [note] : []),
    ].join(' · ');
    const kind = `word word-${level}${match === 'homophone' ? ' is-homophone' : ''}${unconfirmed ? ' is-unconfirmed' : ''}`;
    return (
      <Tooltip key={index} title={about}>
        <mark className={`${kind} ${classes}`} data-testid="sensitive-word" data-level={level} data-match={match}>
          {piece.text}
        </mark>
      </Tooltip>
    );
  });
}
