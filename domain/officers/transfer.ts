import { type FieldReason, fieldReason, NewPassword, OfficerAccount, QinqiaoError } from '@qinqiao/contracts';
import { type Db, hashPassword, newId, toInstant } from '@qinqiao/server-kit';
import { z } from 'zod';
import { listOrgUnits } from '../organisation/index.ts';
import { pinyinInitials } from '../people/index.ts';
import type { ExportContext, FileRow, ImportContext, Importer, RowProblems, TransferColumn, TransferKind } from '../transfers/kind.ts';
import type { OfficerTables } from './migrations.ts';
import { listOfficers } from './officers.ts';

type OfficerRow = OfficerTables['officers'];
const officers = (db: Db) => db.withTables<OfficerTables>();

const COLUMNS: readonly TransferColumn[] = [
  { key: 'account', title: { zh: '账号', en: 'Account' }, width: 18, required: true },
  { key: 'name', title: { zh: '姓名', en: 'Name' }, width: 14, required: true },
  { key: 'policeNumber', title: { zh: '警号', en: 'Police number' }, width: 14 },
  { key: 'prisonId', title: { zh: '所属单位', en: 'Belongs to' }, width: 20, required: true },
  { key: 'unitId', title: { zh: '监区/科室', en: 'Ward or office' }, width: 16 },
  {
    key: 'password',
    title: { zh: '初始密码', en: 'First password' },
    width: 18,
    note: {
      zh: '仅新账号；至少 10 位、三类字符；首次登录须修改；留空则须重置密码后使用',
      en: 'New accounts only; 10 characters of three kinds; to be changed at the first log-in; empty: to be reset before use',
    },
  },
];
const EXPORT_COLUMNS = COLUMNS.filter(({ key }) => key !== 'password');
const PAGE = 100;
/** No password fits it. */
const NONE = 'none';

const Row = z.object({
  account: OfficerAccount,
  name: z.string().trim().min(1).max(64),
  policeNumber: z.string().trim().max(32).default(''),
  prisonId: z.string(),
  unitId: z.string().nullable().default(null),
  password: z.union([z.literal(''), NewPassword]).default(''),
});
type Row = z.infer<typeof Row>;

interface Places {
  prison(text: string): string | undefined;
  unit(prisonId: string, text: string): string | undefined;
}

async function openPlaces(db: Db): Promise<Places> {
  const units = (await listOrgUnits(db)).filter(({ enabled }) => enabled);
  return {
    prison: (text) => units.find(({ kind, name, code }) => ['prison', 'bureau'].includes(kind) && [name, code].includes(text))?.id,
    unit: (prisonId, text) => units.find(({ parentId, name, code }) => parentId === prisonId && [name, code].includes(text))?.id,
  };
}

/** Accounts of officers, some thousands: they are kept in memory until they are made real. */
class OfficerImporter implements Importer {
  readonly #context: ImportContext;
  readonly #places: Places;
  readonly #added: OfficerRow[] = [];
  readonly #changed: { id: string; version: number; row: Row }[] = [];
  readonly #accounts = new Set<string>();

  constructor(context: ImportContext, places: Places) {
    this.#context = context;
    this.#places = places;
  }

  async take(rows: readonly FileRow[]): Promise<RowProblems> {
    const problems: RowProblems = new Map();
    const accounts = rows.flatMap(({ cells }) => cells['account'] ?? []);
    const there =
      accounts.length > 0
        ? await officers(this.#context.db).selectFrom('officers').selectAll().where('account', 'in', accounts).execute()
        : [];
    for (const { number, cells } of rows) {
      const wrong = await this.#takeOne(cells, there);
      if (Object.keys(wrong).length > 0) problems.set(number, wrong);
    }
    return problems;
  }

  async #takeOne(cells: Record<string, string>, there: readonly OfficerRow[]): Promise<Record<string, FieldReason>> {
    const { mode, seen } = this.#context;
    const prisonId = this.#places.prison(cells['prisonId'] ?? '');
    if (prisonId === undefined) return { prisonId: fieldReason('not_found') };
    if (!seen.all && !seen.prisons.includes(prisonId)) return { prisonId: fieldReason('out_of_scope') };
    const unitText = cells['unitId'] ?? '';
    const unitId = unitText === '' ? null : this.#places.unit(prisonId, unitText);
    if (unitId === undefined) return { unitId: fieldReason('not_found') };
    const parsed = Row.safeParse({ ...cells, prisonId, unitId });
    if (!parsed.success) return Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), fieldReason(issue.message)]));
    if (this.#accounts.has(parsed.data.account)) return { account: fieldReason('taken') };
    this.#accounts.add(parsed.data.account);
    const old = there.find(({ account }) => account === parsed.data.account);
    if (!old) this.#added.push(await this.#rowOf(parsed.data));
    else if (mode === 'new') return { account: fieldReason('taken') };
    else if (!seen.all && !seen.prisons.includes(old.prison_id)) return { account: fieldReason('out_of_scope') };
    else this.#changed.push({ id: old.id, version: old.version, row: parsed.data });
    return {};
  }

  async #rowOf({ account, password, ...row }: Row): Promise<OfficerRow> {
    const now = toInstant(this.#context.now);
    const hash = password === '' ? NONE : await hashPassword(password);
    const state = { enabled: 1 as const, must_change_password: 1 as const, version: 0, created_at: now, updated_at: now };
    return { id: newId(), account, password_hash: hash, ...columnsOf(row), ...state };
  }

  async accept(trx: Db): Promise<{ added: number; updated: number }> {
    for (let i = 0; i < this.#added.length; i += PAGE) {
      await officers(trx)
        .insertInto('officers')
        .values(this.#added.slice(i, i + PAGE))
        .execute();
    }
    for (const { id, version, row } of this.#changed) {
      const set = { ...columnsOf(row), version: version + 1, updated_at: toInstant(this.#context.now) };
      const done = await officers(trx)
        .updateTable('officers')
        .set(set)
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      if (done.numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
    }
    return { added: this.#added.length, updated: this.#changed.length };
  }
}

const columnsOf = ({ name, policeNumber, prisonId, unitId }: Omit<Row, 'account' | 'password'>) => ({
  name,
  police_number: policeNumber,
  prison_id: prisonId,
  unit_id: unitId,
  initials: pinyinInitials(name),
});

async function* exportOfficers({ db, filter }: ExportContext): AsyncGenerator<string[][]> {
  const { text, prisonId, role } = filter;
  const enabled = filter['enabled'] === undefined ? undefined : filter['enabled'] === 'true';
  let cursor: string | undefined;
  do {
    const { items, next } = await listOfficers(db, { text, prisonId, role, enabled, cursor, limit: PAGE });
    if (items.length > 0) {
      yield items.map(({ account, name, policeNumber, prisonName, unitName }) => {
        const cells: Record<string, string> = { account, name, policeNumber, prisonId: prisonName, unitId: unitName ?? '' };
        return EXPORT_COLUMNS.map(({ key }) => cells[key] ?? '');
      });
    }
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

/** Officers' accounts in files. Roles and data scope are not in them: they are the security administrator's to give. */
export const officerTransfer: TransferKind = {
  name: 'officers',
  title: { zh: '民警账号', en: 'Officers' },
  columns: COLUMNS,
  importPermission: 'officer.import',
  exportPermission: 'officer.export',
  importer: async (context) => new OfficerImporter(context, await openPlaces(context.db)),
  tables: ['officers'],
  exporter: exportOfficers,
};
