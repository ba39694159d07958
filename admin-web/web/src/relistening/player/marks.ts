import type { CallEventView, ConversationNote, PictureWarningView, RecordingView, WordAlert } from '@qinqiao/contracts';
import { PICTURE_WARNINGS } from '@qinqiao/contracts';
import { eventText } from '../../finished/event-text.ts';
import type { Translate } from '../../i18n/index.ts';

export type MarkKind = 'word' | 'warning' | 'act' | 'note' | 'bookmark' | 'abnormal';

/** Something that happened at a moment of the conversation. */
export interface Mark {
  key: string;
  kind: MarkKind;
  atMs: number;
  label: string;
  /** Severe: shown in red. */
  severe: boolean;
}

/** What officers did, and what happened to the parties; comings and goings of services are no marks. */
const ACTS = new Set(['held', 'resumed', 'pictureHeld', 'pictureReleased', 'extended', 'interjected', 'message', 'cutOff', 'screenshot']);
const SEVERE_WORD = 3;

export interface Happened {
  alerts: readonly Pick<WordAlert, 'id' | 'word' | 'level' | 'atMs' | 'state'>[];
  warnings: readonly PictureWarningView[];
  events: readonly CallEventView[];
  notes: readonly ConversationNote[];
}

/** Everything to be marked on the time line, in its order. */
export function marksOf(
  t: Translate,
  language: 'zh' | 'en',
  nameOf: (category: string) => string,
  { alerts, warnings, events, notes }: Happened,
): Mark[] {
  const words = alerts
    .filter(({ state }) => state !== 'unconfirmed')
    .map(({ id, word, level, atMs }) => ({ key: `w${id}`, kind: 'word' as const, atMs, label: word, severe: level >= SEVERE_WORD }));
  const pictures = warnings
    .filter(({ verdict }) => verdict !== 'wrong')
    .map(({ id, kind, atMs }) => ({
      key: `p${id}`,
      kind: 'warning' as const,
      atMs,
      label: PICTURE_WARNINGS[kind][language],
      severe: false,
    }));
  const own = notes.map(({ id, kind, atMs, text, category }) => ({
    key: `n${id}`,
    kind,
    atMs,
    label: [category && nameOf(category), text].filter(Boolean).join(' · ') || t(`relistening.noteKinds.${kind}`),
    severe: kind === 'abnormal',
  }));
  return [...words, ...pictures, ...acts(t, events), ...own].toSorted((one, other) => one.atMs - other.atMs);
}

function acts(t: Translate, events: readonly CallEventView[]): Mark[] {
  const begun = events.find(({ kind }) => kind === 'begun');
  if (!begun) return [];
  const epoch = Date.parse(begun.at);
  return events.flatMap((event, index) => {
    if (!ACTS.has(event.kind)) return [];
    const { title, more } = eventText(t, event);
    const label = [title, more].filter(Boolean).join(' · ');
    return [{ key: `e${index}`, kind: 'act' as const, atMs: Date.parse(event.at) - epoch, label, severe: event.kind === 'cutOff' }];
  });
}

/** Stretches without recording, of any participant, each kind of gap once. */
export const gapsOf = (recording: Pick<RecordingView, 'gaps'> | undefined) => recording?.gaps ?? [];
