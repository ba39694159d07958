import type { CallSummary } from '@qinqiao/contracts';
import type { TableColumnsType } from 'antd';
import type { HTMLAttributes } from 'react';
import { clockOf } from '../components/format.ts';
import { type Translate } from '../i18n/index.ts';

/** Who takes part and where: the columns both lists begin with. */
export function peopleColumns(t: Translate): TableColumnsType<CallSummary> {
  return [
    {
      title: t('calls.time'),
      key: 'time',
      width: 112,
      render: (_, call) => <span className="digits">{`${clockOf(call.startsAt)}–${clockOf(call.endsAt)}`}</span>,
    },
    { title: t('calls.inmate'), dataIndex: 'inmateName', width: 84, ellipsis: true, render: (name: string) => <b>{name}</b> },
    { title: t('calls.number'), dataIndex: 'inmateNumber', width: 80, ellipsis: true },
    { title: t('calls.ward'), dataIndex: 'wardName', width: 80, ellipsis: true },
    {
      title: t('calls.family'),
      key: 'family',
      width: 120,
      ellipsis: true,
      render: (_, call) => (
        <>
          {call.familyName} <span className="muted">{call.relation}</span>
        </>
      ),
    },
    { title: t('calls.room'), dataIndex: 'roomName', width: 92, ellipsis: true },
  ];
}

export const rowAttributes = (call: CallSummary) =>
  ({ 'data-testid': 'call-row', 'data-call-id': call.id, 'data-state': call.state }) as HTMLAttributes<HTMLElement>;
