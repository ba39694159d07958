export { scopedStore } from './plugin.ts';
export { type RowRule, SEES_ALL, type SeenUnits, type TableScopes } from './rules.ts';
