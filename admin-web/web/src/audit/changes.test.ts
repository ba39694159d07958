import { describe, expect, it } from 'vitest';
import { changesOf } from './changes.ts';

describe('the detail of a record', () => {
  it('shows before and after field by field', () => {
    expect(changesOf({ before: { level: '普管', tags: ['a'] }, after: { level: '宽管' }, note: 'x' })).toEqual([
      { field: 'level', before: '普管', after: '宽管' },
      { field: 'tags', before: '["a"]', after: '' },
      { field: 'note', before: null, after: 'x' },
    ]);
  });

  it('shows single values and what has no before', () => {
    expect(changesOf({ before: 5, after: 6 })).toEqual([{ field: '', before: '5', after: '6' }]);
    expect(changesOf({ after: { name: 'n' } })).toEqual([{ field: 'name', before: '', after: 'n' }]);
    expect(changesOf({})).toEqual([]);
  });
});
