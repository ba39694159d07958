import type { CaseDetail, RestInput } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Popconfirm, Select, Space } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { DecideForm } from './decide-form.tsx';
import { APPROVALS } from './keys.ts';
import { OfficerSelect } from './officer-select.tsx';

type Act = RestInput<'actOnCase'>['body']['act'];
type PassOn = 'return' | 'reassign' | 'addApprover';
type Kind = 'approve' | 'refuse' | PassOn;

/** Sends an act on the case as it was read; whatever comes of it, what is shown is read anew. */
function useSend({ id, version }: CaseDetail) {
  const t = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return async (act: Act) => {
    try {
      await api.actOnCase({ params: { id }, body: { version, act } });
      message.success(t('approvals.acts.done'));
    } finally {
      await queries.invalidateQueries({ queryKey: APPROVALS });
    }
  };
}

/** What the officer may do to this case now. */
export function CaseActs({ found }: { found: CaseDetail }) {
  const t = useText();
  const [kind, setKind] = useState<Kind | null>(null);
  const send = useSend(found);
  const { mine } = found;
  const close = () => setKind(null);
  const button = (act: Kind, style: { type?: 'primary'; danger?: true } = {}) => (
    <Button {...style} onClick={() => setKind(act)} data-testid={`act-${act}`}>
      {t(`approvals.acts.${act}`)}
    </Button>
  );
  const decision = kind === 'approve' || kind === 'refuse' ? kind : null;
  const passing = decision ? null : (kind as PassOn | null);
  return (
    <Space wrap className="case-acts">
      {mine.withdraw && <Withdraw onWithdraw={() => send({ type: 'withdraw', reason: '' })} />}
      {mine.addApprover && button('addApprover')}
      {mine.reassign && button('reassign')}
      {mine.returnTo.length > 0 && button('return')}
      {mine.decide && button('refuse', { danger: true })}
      {mine.decide && button('approve', { type: 'primary' })}
      {decision && (
        <DecideForm
          kind={decision}
          count={1}
          onClose={close}
          onSave={(text) => send(decision === 'refuse' ? { type: 'refuse', reason: text } : { type: 'approve', note: text })}
        />
      )}
      {passing && <PassOnForm kind={passing} found={found} onClose={close} onSend={send} />}
    </Space>
  );
}

function Withdraw({ onWithdraw }: { onWithdraw: () => Promise<void> }) {
  const t = useText();
  const { busy, act } = useAct();
  return (
    <Popconfirm
      title={t('approvals.acts.withdrawTitle')}
      description={t('approvals.acts.withdrawText')}
      onConfirm={() => void act(onWithdraw)}
    >
      <Button danger loading={busy} data-testid="act-withdraw">
        {t('approvals.acts.withdraw')}
      </Button>
    </Popconfirm>
  );
}

interface Values {
  to?: string;
  officerId?: string;
  reason: string;
}
interface PassOnProps {
  kind: PassOn;
  found: CaseDetail;
  onClose: () => void;
  onSend: (act: Act) => Promise<void>;
}

/** Returning, passing on, adding an approver: each with whom or where to, and why. */
function PassOnForm({ kind, found, onClose, onSend }: PassOnProps) {
  const t = useText();
  const save = ({ to = '', officerId = '', reason }: Values) => {
    if (kind === 'return') return onSend({ type: 'return', to, reason });
    return onSend({ type: kind, officerId, reason });
  };
  const steps = found.mine.returnTo.map(({ nodeId, name }) => ({ value: nodeId, label: name }));
  return (
    <FormModal<Values> open title={t(`approvals.acts.${kind}`)} onClose={onClose} onSave={save} testId="pass-on-form">
      {kind === 'return' ? (
        <Form.Item name="to" label={t('approvals.acts.to')} rules={[{ required: true, message: t('approvals.acts.chooseStep') }]}>
          <Select options={steps} data-testid="return-to" />
        </Form.Item>
      ) : (
        <Form.Item
          name="officerId"
          label={t('approvals.acts.officer')}
          rules={[{ required: true, message: t('approvals.acts.chooseOfficer') }]}
        >
          <OfficerSelect prisonId={found.prisonId} />
        </Form.Item>
      )}
      <Form.Item
        name="reason"
        label={t('approvals.acts.reason')}
        rules={[{ required: true, whitespace: true, message: t('approvals.acts.reasonRequired') }]}
      >
        <Input.TextArea rows={3} maxLength={500} showCount />
      </Form.Item>
    </FormModal>
  );
}
