import type { NumberApplication } from '@qinqiao/contracts';

export type Content = Pick<NumberApplication, 'name' | 'relation' | 'validFrom' | 'validUntil' | 'note'>;
/** The columns of what is told of a number besides itself. */
export const contentOf = ({ name, relation, validFrom, validUntil, note }: Content) => ({
  name,
  relation,
  valid_from: validFrom,
  valid_until: validUntil,
  note,
});
