import { wordListMigrations, wordListScopes } from './list-migrations.ts';
import { wordMigrations as alertMigrations, wordScopes as alertScopes } from './migrations.ts';

export * from './alert-policy.ts';
export * from './alerts.ts';
export { problemsOf } from './check.ts';
export { addWord, deleteWord, type Editor, editWord, type NewWord } from './edit.ts';
export { FoldedText, fold } from './fold.ts';
export { isForeign } from './language.ts';
export { getLanguagePolicy, saveLanguagePolicy } from './language-policies.ts';
export { getWord, listWords, loadWordList, mayEdit, prisonsSeen, type WordFilter, wordListVersion } from './list.ts';
export { buildMatchers, WordMatcher, WordMatchers } from './matcher.ts';
export type { WordTables } from './migrations.ts';
export { type JudgedHit, TextScan, type WordHit } from './scan.ts';
export { wordTransfer } from './transfer.ts';
export { type LookFor, WordLists } from './word-lists.ts';

export const wordMigrations = { ...alertMigrations, ...wordListMigrations };
export const wordScopes = { ...alertScopes, ...wordListScopes };
