import { createHash } from 'node:crypto';

/** What equal words share, whatever a database's collation holds for equal. */
export const foldHash = (folded: string): string => createHash('sha256').update(folded).digest('hex');
