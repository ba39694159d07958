export { type CardDeps, findCardHolder, type IssuedCard, issueCard, moveCard, readCard, replaceCard } from './cards.ts';
export { checkLedger, listEntries, MAX_BALANCE_FEN, pay, type Payment, reverseEntry } from './ledger.ts';
export { cardMigrations, cardScopes, type CardTables } from './migrations.ts';
export { type CardFilter, getCard, listCards } from './views.ts';
