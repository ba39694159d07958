import type { Readable } from 'node:stream';
import type { AppointmentView } from '@qinqiao/contracts';
import { type AppointmentDetail, type AppointmentFilter, listAppointments } from '@qinqiao/domain/appointments';
import { dayOf, type Db, streamWorkbook, timeOf } from '@qinqiao/server-kit';

const HEADERS = [
  '预约编号',
  '类型',
  '状态',
  '监狱',
  '监区',
  '罪犯编号',
  '罪犯',
  '家属',
  '关系',
  '日期',
  '开始',
  '结束',
  '会见室',
  '随行人员',
  '审核规则',
  '原因',
  '预约人',
  '预约时间',
];
const KINDS = { video: '视频会见', visit: '现场会见' };
const STATES: Record<AppointmentView['state'], string> = {
  pending: '待审批',
  approved: '已通过',
  underway: '会见中',
  completed: '已完成',
  refused: '未通过',
  cancelled: '已取消',
  expired: '已失效',
  stopped: '已停止',
  missed: '未接通',
  broken: '已中断',
};
const EXPORT_PAGE = 500;
/** What Excel takes in one sheet, less its header. */
const MOST_EXPORTED = 1_000_000;

async function* exportRows(db: Db, filter: Omit<AppointmentFilter, 'limit'>): AsyncGenerator<string[]> {
  let cursor: string | undefined;
  let rows = 0;
  do {
    const page = await listAppointments(db, { ...filter, limit: EXPORT_PAGE, cursor });
    for (const row of page.items) yield sheetRow(row);
    rows += page.items.length;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows < MOST_EXPORTED);
}

function sheetRow(row: AppointmentDetail): string[] {
  const companions = (JSON.parse(row.companions) as { name: string }[]).map(({ name }) => name).join('、');
  const who = [row.prison_name, row.ward_name, row.inmate_number, row.inmate_name, row.family_name, row.relation];
  const when = [dayOf(row.starts_at), timeOf(row.starts_at), timeOf(row.ends_at), row.room_name ?? ''];
  const why = [companions, row.rule_name ?? '', row.reason_zh, row.booked_by_name, `${dayOf(row.booked_at)} ${timeOf(row.booked_at)}`];
  return [row.external_ref ?? row.id, KINDS[row.kind], STATES[row.state], ...who, ...when, ...why];
}

/** Appointments as an Excel workbook that is written while they are read. */
export const appointmentWorkbook = (db: Db, filter: Omit<AppointmentFilter, 'limit'>): Readable =>
  streamWorkbook(
    '预约',
    HEADERS.map((header) => ({ header, width: 16 })),
    exportRows(db, filter),
  );
