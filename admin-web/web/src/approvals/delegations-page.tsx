import { PlusOutlined } from '@ant-design/icons';
import type { DelegationView, OfficerId } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Form, Popconfirm, type TableColumnsType, Tag } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useOfficer } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { DELEGATIONS } from './keys.ts';
import { OfficerSelect } from './officer-select.tsx';

/** Who acts for whom in approvals, and from when to when. */
export function DelegationsPage() {
  const t = useText();
  const [adding, setAdding] = useState(false);
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="delegation-add">
      {t('approvals.delegations.add')}
    </Button>
  );
  return (
    <PageFrame
      title={t('approvals.delegations.title')}
      hint={<Tag>{t('approvals.delegations.hint')}</Tag>}
      actions={add}
      testId="delegations"
    >
      <DataTable<DelegationView>
        queryKey={DELEGATIONS}
        read={(cursor) => api.listDelegations({ query: { limit: 50, cursor } })}
        columns={columnsOf(t)}
        rowKey="id"
        rowTestId="delegation-row"
        emptyText={t('approvals.delegations.empty')}
      />
      <AddForm open={adding} onClose={() => setAdding(false)} />
    </PageFrame>
  );
}

type State = 'coming' | 'running' | 'over' | 'ended';
const COLOURS: Record<State, string> = { coming: 'blue', running: 'green', over: 'default', ended: 'default' };

function stateOf({ from, until, endedAt }: DelegationView): State {
  const now = new Date().toISOString();
  if (endedAt) return 'ended';
  if (now >= until) return 'over';
  return now < from ? 'coming' : 'running';
}

function columnsOf(t: Translate): TableColumnsType<DelegationView> {
  const moment = (at: string) => <span className="digits">{momentOf(at)}</span>;
  return [
    {
      title: t('approvals.columns.type'),
      key: 'mine',
      width: 120,
      render: (_, { mine }) => t(mine ? 'approvals.delegations.mine' : 'approvals.delegations.others'),
    },
    { title: t('approvals.delegations.giver'), dataIndex: 'officerName' },
    { title: t('approvals.delegations.delegate'), dataIndex: 'delegateName' },
    { title: t('approvals.delegations.from'), dataIndex: 'from', render: moment },
    { title: t('approvals.delegations.until'), dataIndex: 'until', render: moment },
    {
      title: t('approvals.delegations.state'),
      key: 'state',
      render: (_, row) => <Tag color={COLOURS[stateOf(row)]}>{t(`approvals.delegations.states.${stateOf(row)}`)}</Tag>,
    },
    { title: t('common.actions'), key: 'end', width: 120, render: (_, row) => <EndButton delegation={row} /> },
  ];
}

function EndButton({ delegation }: { delegation: DelegationView }) {
  const t = useText();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const state = stateOf(delegation);
  if (!delegation.mine || state === 'over' || state === 'ended') return null;
  const end = async () => {
    await act(() => api.endDelegation({ params: { id: delegation.id } }), t('common.done'));
    await queries.invalidateQueries({ queryKey: DELEGATIONS });
  };
  return (
    <Popconfirm title={t('approvals.delegations.endTitle')} onConfirm={() => void end()}>
      <Button size="small" danger loading={busy} data-testid="delegation-end">
        {t('approvals.delegations.end')}
      </Button>
    </Popconfirm>
  );
}

interface Values {
  delegateId: string;
  period: [Dayjs, Dayjs];
}

function AddForm({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useText();
  const me = useOfficer();
  const queries = useQueryClient();
  const save = async ({ delegateId, period: [from, until] }: Values) => {
    const body = { delegateId: delegateId as OfficerId, from: from.toISOString(), until: until.toISOString() };
    await api.addDelegation({ body });
    await queries.invalidateQueries({ queryKey: DELEGATIONS });
  };
  return (
    <FormModal<Values> open={open} title={t('approvals.delegations.add')} onClose={onClose} onSave={save} testId="delegation-form">
      <Form.Item
        name="delegateId"
        label={t('approvals.delegations.delegate')}
        rules={[{ required: true, message: t('approvals.acts.chooseOfficer') }]}
      >
        <OfficerSelect prisonId={me?.prisonId ?? ''} without={me ? [me.id] : []} />
      </Form.Item>
      <Form.Item
        name="period"
        label={t('approvals.delegations.period')}
        rules={[{ required: true, message: t('approvals.delegations.periodRequired') }]}
      >
        <DatePicker.RangePicker
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          style={{ width: '100%' }}
          data-testid="delegation-period"
        />
      </Form.Item>
    </FormModal>
  );
}
