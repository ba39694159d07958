export { scopedStore } from './plugin.ts';
export { OF_CONVERSATION, type RowRule, SEES_ALL, type SeenUnits, type TableScopes } from './rules.ts';
