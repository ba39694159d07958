import type { Readable } from 'node:stream';
import { type AuditFilter, eachAudit } from '@qinqiao/domain/audit';
import { type Db, streamWorkbook } from '@qinqiao/server-kit';

/** More than this nobody reads in Excel; the rest is found with narrower filters. */
export const MAX_EXPORTED = 200_000;

const COLUMNS = [
  { header: '序号 No.', width: 10 },
  { header: '时间（UTC）Time', width: 26 },
  { header: '角色 Role', width: 10 },
  { header: '操作人 Actor', width: 18 },
  { header: '操作人编号 Actor id', width: 32 },
  { header: '操作 Action', width: 24 },
  { header: '对象类型 Subject', width: 16 },
  { header: '对象编号 Subject id', width: 32 },
  { header: '来源地址 Address', width: 18 },
  { header: '请求编号 Request', width: 32 },
  { header: '内容 Detail', width: 80 },
  { header: '校验值 Hash', width: 66 },
];

/** The newest records that fit, as a workbook that is written while they are read. */
export function auditWorkbook(db: Db, filter: AuditFilter): Readable {
  return streamWorkbook('审计记录', COLUMNS, rowsOf(db, filter));
}

async function* rowsOf(db: Db, filter: AuditFilter): AsyncGenerator<(string | number)[]> {
  let count = 0;
  for await (const row of eachAudit(db, filter)) {
    const who = [row.seq, row.at, row.actor_role, row.actor_name, row.actor_id, row.action, row.subject_kind, row.subject_id];
    yield [...who, row.address ?? '', row.request_id ?? '', row.detail, row.hash];
    if (++count >= MAX_EXPORTED) return;
  }
}
