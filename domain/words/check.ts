import { QinqiaoError, type FieldReason, fieldReason, type WordInput } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { listOrgUnits } from '../organisation/index.ts';
import type { SeenUnits } from '../scope/index.ts';
import { fold } from './fold.ts';
import { mayEdit } from './list.ts';

const isSingle = (folded: string) => Array.from(folded).length === 1;

/** What is wrong with a word by itself, by field; see `WordInput` for its shape. */
export function problemsOf({ word, near, exceptions }: WordInput): Record<string, FieldReason> {
  const folded = fold(word);
  const problems: Record<string, FieldReason> = {};
  if (folded === '') problems['word'] = fieldReason('word_empty');
  else if (isSingle(folded) && near.length === 0) problems['word'] = fieldReason('word_single');
  checkTexts(
    'near',
    near.map(({ text }) => text),
    folded,
    problems,
  );
  checkTexts('exceptions', exceptions, folded, problems);
  return problems;
}

function checkTexts(field: 'near' | 'exceptions', texts: readonly string[], word: string, problems: Record<string, FieldReason>): void {
  const seen = new Set<string>();
  for (const [at, text] of texts.entries()) {
    const folded = fold(text);
    const path = field === 'near' ? `near.${at}.text` : `exceptions.${at}`;
    if (folded === '') problems[path] = fieldReason('word_empty');
    else if (folded === word) problems[path] = fieldReason('same_as_word');
    else if (seen.has(folded)) problems[path] = fieldReason('duplicate');
    seen.add(folded);
  }
}

/** Throws `word_unusable` or `bad_request` naming the fields. */
export function assertUsable(word: WordInput): void {
  const problems = problemsOf(word);
  if (fold(word.word) === '') throw new QinqiaoError('word_unusable', { fields: problems });
  if (Object.keys(problems).length > 0) throw new QinqiaoError('bad_request', { fields: problems });
}

/** Throws `bad_request` naming `prisonIds` for what is no prison, `out_of_scope` where the officer may not decide what is looked for. */
export async function assertPlaces(db: Db, seen: SeenUnits, prisonIds: readonly string[]): Promise<void> {
  if (!mayEdit(seen, prisonIds)) throw new QinqiaoError('out_of_scope', { fields: { prisonIds: fieldReason('out_of_scope') } });
  if (prisonIds.length === 0) return;
  const prisons = new Set((await listOrgUnits(db)).filter(({ kind }) => kind === 'prison').map(({ id }) => id));
  if (prisonIds.some((id) => !prisons.has(id))) throw new QinqiaoError('bad_request', { fields: { prisonIds: fieldReason('not_found') } });
}
