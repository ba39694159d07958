import type { WordAlert } from '@qinqiao/contracts';

export interface TextPart {
  text: string;
  alert: WordAlert | null;
}

/**
 * A segment's text, cut at its sensitive words. An alert that does not (or no longer) fit the text is left out: a provisional text
 * is replaced before its alerts are.
 */
export function markWords(text: string, alerts: readonly WordAlert[]): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const alert of [...alerts].sort((a, b) => a.offset - b.offset || b.length - a.length)) {
    const end = alert.offset + alert.length;
    if (alert.state === 'unconfirmed' || alert.offset < from || end > text.length) continue;
    if (alert.offset > from) parts.push({ text: text.slice(from, alert.offset), alert: null });
    parts.push({ text: text.slice(alert.offset, end), alert });
    from = end;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from), alert: null });
  return parts;
}

/** Alerts by the segment they were raised in. */
export function bySegment(alerts: readonly WordAlert[]): Map<string, WordAlert[]> {
  const map = new Map<string, WordAlert[]>();
  for (const alert of alerts) map.set(alert.segmentId, [...(map.get(alert.segmentId) ?? []), alert]);
  return map;
}
