import type { Db } from '@qinqiao/server-kit';
import type { PeopleTables } from './index.ts';
import { ANY_PRISON } from './kin-prisons.ts';

/** Family members of whom is written down other than what their kinships say, worked out here without the database's help. */
export async function wrongKinPrisons(db: Db): Promise<{ id: string; noted: string | null; kin: string[] }[]> {
  const tables = db.withTables<PeopleTables>();
  const families = await tables.selectFrom('families').select(['id', 'prison_id', 'kin_prisons as noted']).execute();
  const kinships = await tables.selectFrom('kinships').selectAll().execute();
  const prisons = new Map((await tables.selectFrom('inmates').select(['id', 'prison_id']).execute()).map((row) => [row.id, row.prison_id]));
  return families.flatMap(({ id, prison_id, noted }) => {
    const all = kinships.flatMap(({ family_id, inmate_id }) => (family_id === id ? [prisons.get(inmate_id) ?? ''] : []));
    const kin = [...new Set(all)].filter((prison) => prison !== prison_id).sort();
    const right = kin.length === 0 ? null : kin.length > 3 ? ANY_PRISON : kin.join();
    return (noted?.split(',').sort().join() ?? null) === right ? [] : [{ id, noted, kin }];
  });
}
