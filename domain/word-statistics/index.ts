export { countWords } from './count.ts';
export { wordStatisticsMigrations } from './migrations.ts';
