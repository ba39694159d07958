import { CallCountFilter, CallRecordFilter, type EndReason, parseOrThrow } from '@qinqiao/contracts';
import { dayOf, timeOf } from '@qinqiao/server-kit';
import type { ExportContext, TransferColumn, TransferKind } from '../transfers/kind.ts';
import { listCallCounts } from './counts.ts';
import { listCallRecords } from './records.ts';

const PAGE = 100;
const BUCKETS = { ordinary: '普通', extra: '额外', special: '特殊日' } as const;
const REASONS: Record<EndReason, string> = {
  time_up: '时间到',
  inmate_left: '罪犯挂断',
  family_left: '家属挂断',
  cut_off: '民警拆线',
  recording_lost: '录制中断',
  storage_full: '存储空间不足',
  nobody_came: '未接通',
  cancelled: '预约已取消',
  blocked: '限制会见',
  shut_down: '系统停机',
};
const PEOPLE: readonly TransferColumn[] = [
  { key: 'prisonName', title: { zh: '监狱', en: 'Prison' }, width: 18 },
  { key: 'wardName', title: { zh: '监区', en: 'Ward' }, width: 12 },
  { key: 'inmateNumber', title: { zh: '罪犯编号', en: 'Inmate number' }, width: 14 },
  { key: 'inmateName', title: { zh: '罪犯姓名', en: 'Inmate' }, width: 12 },
];
const RECORD_COLUMNS: readonly TransferColumn[] = [
  ...PEOPLE,
  { key: 'familyName', title: { zh: '家属', en: 'Family member' }, width: 12 },
  { key: 'relation', title: { zh: '关系', en: 'Relation' }, width: 10 },
  { key: 'roomName', title: { zh: '会见室', en: 'Room' }, width: 12 },
  { key: 'startsAt', title: { zh: '计划开始', en: 'Planned start' }, width: 20 },
  { key: 'endsAt', title: { zh: '计划结束', en: 'Planned end' }, width: 20 },
  { key: 'liveSince', title: { zh: '接通时间', en: 'Live since' }, width: 20 },
  { key: 'endedAt', title: { zh: '结束时间', en: 'Ended' }, width: 20 },
  { key: 'seconds', title: { zh: '通话秒数', en: 'Seconds' }, width: 10 },
  { key: 'endReason', title: { zh: '结束原因', en: 'How it ended' }, width: 14 },
  { key: 'endNote', title: { zh: '说明', en: 'Note' }, width: 24 },
  { key: 'bucket', title: { zh: '会见类别', en: 'Kind of call' }, width: 10 },
  { key: 'specialDay', title: { zh: '特殊日', en: 'Special day' }, width: 12 },
  { key: 'screenshots', title: { zh: '截屏次数', en: 'Screenshots' }, width: 10 },
  { key: 'warnings', title: { zh: '画面预警', en: 'Picture warnings' }, width: 10 },
  { key: 'abnormal', title: { zh: '异常标记', en: 'Abnormal marks' }, width: 10 },
  { key: 'heard', title: { zh: '复听比例%', en: 'Re-listened %' }, width: 10 },
  { key: 'relistened', title: { zh: '复听完成', en: 'Re-listening done' }, width: 10 },
];
const COUNT_COLUMNS: readonly TransferColumn[] = [
  ...PEOPLE,
  { key: 'calls', title: { zh: '会见次数', en: 'Calls' }, width: 10 },
  { key: 'ordinary', title: { zh: '普通', en: 'Ordinary' }, width: 10 },
  { key: 'extra', title: { zh: '额外', en: 'Extra' }, width: 10 },
  { key: 'special', title: { zh: '特殊日', en: 'Special day' }, width: 10 },
  { key: 'minutes', title: { zh: '分钟', en: 'Minutes' }, width: 10 },
  { key: 'lastAt', title: { zh: '最近一次', en: 'Last' }, width: 20 },
];

const inOrder = (columns: readonly TransferColumn[], cells: Record<string, unknown>) =>
  columns.map(({ key }) => {
    const cell = cells[key];
    return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
  });
const moment = (instant: string | null) => (instant === null ? '' : `${dayOf(instant)} ${timeOf(instant)}`);

async function* exportRecords({ db, filter }: ExportContext): AsyncGenerator<string[][]> {
  const asked = parseOrThrow(CallRecordFilter, filter);
  for (let cursor: string | undefined; ; ) {
    const page = await listCallRecords(db, { ...asked, limit: PAGE, cursor });
    yield page.items.map(({ call, outcome }) => {
      const { startsAt, endsAt, liveSince, endedAt, endReason, endNote } = call.session;
      const times = { startsAt: moment(startsAt), endsAt: moment(endsAt), liveSince: moment(liveSince), endedAt: moment(endedAt) };
      const words = { endReason: endReason ? REASONS[endReason] : '', endNote, bucket: BUCKETS[outcome.bucket] };
      const heard = { heard: Math.round(outcome.heard * 100), relistened: outcome.relistened ? '是' : '否' };
      return inOrder(RECORD_COLUMNS, {
        ...call,
        ...outcome,
        ...times,
        ...words,
        ...heard,
        seconds: Math.round(outcome.talkedMs / 1000),
      });
    });
    if (page.next === null) return;
    cursor = page.next;
  }
}

async function* exportCounts({ db, crypto, filter }: ExportContext): AsyncGenerator<string[][]> {
  const asked = parseOrThrow(CallCountFilter, filter);
  for (let cursor: string | undefined; ; ) {
    const page = await listCallCounts(db, crypto, { ...asked, limit: PAGE, cursor });
    yield page.items.map((item) => inOrder(COUNT_COLUMNS, { ...item, lastAt: moment(item.lastAt) }));
    if (page.next === null) return;
    cursor = page.next;
  }
}

/** Records of video calls as a workbook: out only. */
export const callRecordTransfer: TransferKind = {
  name: 'call-records',
  title: { zh: '会见记录', en: 'Records of calls' },
  columns: RECORD_COLUMNS,
  exportPermission: 'call.export',
  exporter: exportRecords,
};

/** Calls per inmate as a workbook: out only. */
export const callCountTransfer: TransferKind = {
  name: 'call-counts',
  title: { zh: '罪犯会见次数', en: 'Calls per inmate' },
  columns: COUNT_COLUMNS,
  exportPermission: 'call.export',
  exporter: exportCounts,
};
