import { FileSearchOutlined } from '@ant-design/icons';
import { formatDuration } from '@qinqiao/client-sdk';
import type { CallCountView, CallRecordView, RecordingView } from '@qinqiao/contracts';
import { Button, type TableColumnsType, Tag } from 'antd';
import { Link } from 'react-router-dom';
import { AlertCount } from '../components/alert-count.tsx';
import { clockOf, dayOf } from '../components/format.ts';
import type { Translate } from '../i18n/index.ts';

const RECORDING: Record<RecordingView['state'], string> = {
  none: 'default',
  recording: 'blue',
  processing: 'gold',
  sealing: 'gold',
  ready: 'green',
  failed: 'red',
  deleted: 'default',
};
const few = (count: number) => (count > 0 ? count : <span className="muted">—</span>);

export const recordColumns = (t: Translate, severalPrisons: boolean): TableColumnsType<CallRecordView> => [
  {
    title: t('calls.time'),
    key: 'time',
    width: 176,
    render: (_, { startsAt, endsAt }) => <span className="digits">{`${dayOf(startsAt)} ${clockOf(startsAt)}–${clockOf(endsAt)}`}</span>,
  },
  ...(severalPrisons ? [{ title: t('records.prison'), dataIndex: 'prisonName', width: 120, ellipsis: true }] : []),
  {
    title: t('calls.inmate'),
    key: 'inmate',
    width: 176,
    render: (_, { inmateName, inmateNumber, wardName }) => (
      <>
        <b>{inmateName}</b> <span className="digits">{inmateNumber}</span> <span className="muted">{wardName}</span>
      </>
    ),
  },
  {
    title: t('calls.family'),
    key: 'family',
    width: 112,
    render: (_, { familyName, relation }) => (
      <>
        {familyName} <span className="muted">{relation}</span>
      </>
    ),
  },
  { title: t('calls.room'), dataIndex: 'roomName', width: 84, ellipsis: true },
  {
    title: t('calls.duration'),
    key: 'talked',
    width: 76,
    render: (_, { talkedMs }) => <span className="digits">{formatDuration(talkedMs)}</span>,
  },
  { title: t('calls.result'), key: 'result', width: 104, render: (_, { endReason }) => endReason && t(`reason.${endReason}`) },
  {
    title: t('records.bucket'),
    key: 'bucket',
    width: 76,
    render: (_, { bucket, specialDay }) => <span title={specialDay ?? undefined}>{t(`records.buckets.${bucket}`)}</span>,
  },
  { title: t('calls.alerts'), dataIndex: 'alerts', width: 60, render: (count: number) => <AlertCount count={count} /> },
  { title: t('records.warnings'), dataIndex: 'warnings', width: 84, render: few },
  { title: t('records.screenshots'), dataIndex: 'screenshots', width: 104, render: few },
  {
    title: t('records.heard'),
    key: 'heard',
    width: 100,
    render: (_, { heard, relistened }) =>
      relistened ? <Tag color="green">{t('records.done')}</Tag> : <span className="digits">{Math.round(heard * 100)} %</span>,
  },
  {
    title: t('calls.recording'),
    key: 'recording',
    width: 88,
    render: (_, { recording }) => <Tag color={RECORDING[recording]}>{t(`recording.${recording}`)}</Tag>,
  },
  {
    title: t('calls.action'),
    key: 'action',
    width: 112,
    fixed: 'right',
    render: (_, call) => (
      <Link to={`/finished/${call.id}`}>
        <Button size="small" icon={<FileSearchOutlined />} tabIndex={-1} data-testid="call-detail">
          {t('calls.detail')}
        </Button>
      </Link>
    ),
  },
];

export const countColumns = (t: Translate, severalPrisons: boolean): TableColumnsType<CallCountView> => [
  { title: t('calls.number'), dataIndex: 'inmateNumber', width: 130, className: 'digits' },
  { title: t('calls.inmate'), dataIndex: 'inmateName', width: 120, render: (name: string) => <b>{name}</b> },
  ...(severalPrisons ? [{ title: t('records.prison'), dataIndex: 'prisonName', width: 140, ellipsis: true }] : []),
  { title: t('calls.ward'), dataIndex: 'wardName', width: 120 },
  { title: t('records.calls'), dataIndex: 'calls', width: 90, render: few },
  { title: t('records.buckets.ordinary'), dataIndex: 'ordinary', width: 90, render: few },
  { title: t('records.buckets.extra'), dataIndex: 'extra', width: 90, render: few },
  { title: t('records.buckets.special'), dataIndex: 'special', width: 110, render: few },
  { title: t('records.minutes'), dataIndex: 'minutes', width: 90, render: few },
  {
    title: t('records.lastAt'),
    key: 'lastAt',
    width: 160,
    render: (_, { lastAt }) => lastAt && <span className="digits">{`${dayOf(lastAt)} ${clockOf(lastAt)}`}</span>,
  },
];
