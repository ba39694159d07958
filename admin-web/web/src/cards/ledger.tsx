import type { CardEntry, CardView } from '@qinqiao/contracts';
import { App, Button, Form, Input, InputNumber, Space, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { fenOf, yuanOf } from './money.ts';

interface Props {
  card: CardView;
  onChanged: () => Promise<void>;
}
type Act = { kind: 'deposit' | 'withdraw'; key: string } | { kind: 'reversal'; entry: CardEntry };

/** What went onto the card and off it, the newest first. */
export function Ledger({ card, onChanged }: Props) {
  const t = useText();
  const mayPay = useAllowed('card.balance') && card.state === 'active';
  const [act, setAct] = useState<Act | null>(null);
  const columns = useColumns(mayPay, (entry) => setAct({ kind: 'reversal', entry }));
  // The key is drawn when the form opens: sent twice, the entry counts once.
  const begin = (kind: 'deposit' | 'withdraw') => setAct({ kind, key: crypto.randomUUID() });
  return (
    <>
      <Space style={{ margin: '8px 0', width: '100%' }}>
        <h3 style={{ margin: 0 }}>{t('cards.ledger')}</h3>
        {mayPay && (
          <>
            <Button size="small" onClick={() => begin('deposit')} data-testid="card-deposit">
              {t('cards.deposit')}
            </Button>
            <Button size="small" onClick={() => begin('withdraw')} data-testid="card-withdraw">
              {t('cards.withdraw')}
            </Button>
          </>
        )}
        <CheckButton card={card} />
      </Space>
      <DataTable<CardEntry>
        queryKey={['card-entries', card.id]}
        read={(cursor) => api.listCardEntries({ params: { id: card.id }, query: { limit: 20, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="card-entry"
        emptyText={t('cards.noEntries')}
      />
      <EntryForm card={card} act={act} onClose={() => setAct(null)} onSaved={onChanged} />
    </>
  );
}

function useColumns(mayPay: boolean, onReverse: (entry: CardEntry) => void): TableColumnsType<CardEntry> {
  const t = useText();
  return useMemo(
    () => [
      { title: t('cards.at'), dataIndex: 'at', width: 160, render: momentOf },
      { title: t('cards.entryKind'), dataIndex: 'kind', width: 100, render: (kind: CardEntry['kind']) => t(`cards.entryKinds.${kind}`) },
      {
        title: t('cards.change'),
        dataIndex: 'amountFen',
        width: 100,
        align: 'right',
        render: (fen: number) => (fen > 0 ? `+${yuanOf(fen)}` : yuanOf(fen)),
      },
      { title: t('cards.balance'), dataIndex: 'balanceFen', width: 100, align: 'right', render: yuanOf },
      { title: t('cards.note'), dataIndex: 'note', ellipsis: true },
      { title: t('cards.by'), dataIndex: 'actorName', width: 90 },
      {
        key: 'actions',
        width: 90,
        render: (_, entry) => {
          if (entry.reversedBy) return <Tag>{t('cards.reversed')}</Tag>;
          if (!mayPay || (entry.kind !== 'deposit' && entry.kind !== 'withdraw')) return null;
          return (
            <Button size="small" type="link" danger onClick={() => onReverse(entry)} data-testid="card-reverse">
              {t('cards.reverse')}
            </Button>
          );
        },
      },
    ],
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- opening the form is the same act each time
    [mayPay, t],
  );
}

function CheckButton({ card }: { card: CardView }) {
  const t = useText();
  const { message } = App.useApp();
  const { busy, act } = useAct();
  const check = () =>
    act(async () => {
      const { fits, sumFen } = await api.checkCardLedger({ params: { id: card.id } });
      if (fits) message.success(t('cards.fits', { amount: yuanOf(sumFen) }));
      else message.error(t('cards.fitsNot'));
    });
  return (
    <Button size="small" type="text" loading={busy} onClick={() => void check()}>
      {t('cards.check')}
    </Button>
  );
}

interface Values {
  amount: number;
  note: string;
}

function EntryForm({
  card,
  act,
  onClose,
  onSaved,
}: {
  card: CardView;
  act: Act | null;
  onClose: () => void;
  onSaved: () => Promise<void>;
}) {
  const t = useText();
  const { message } = App.useApp();
  const save = async ({ amount, note }: Values) => {
    if (act?.kind === 'reversal') await api.reverseCardEntry({ params: { id: act.entry.id }, body: { note } });
    else if (act)
      await api.addCardEntry({ params: { id: card.id }, body: { kind: act.kind, amountFen: fenOf(amount), note, key: act.key } });
    message.success(t('cards.booked'));
    await onSaved();
  };
  const title = act?.kind === 'reversal' ? t('cards.reverseTitle') : act ? t(`cards.${act.kind}`) : '';
  return (
    <FormModal<Values> title={title} open={act !== null} onClose={onClose} onSave={save} width={380} testId="card-entry-form">
      {act?.kind === 'reversal' ? (
        <p>
          {t(`cards.entryKinds.${act.entry.kind}`)} {yuanOf(act.entry.amountFen)} · {act.entry.note}
        </p>
      ) : (
        <Form.Item
          name="amount"
          label={t('cards.amount')}
          rules={[{ required: true, type: 'number', min: 0.01, max: 100_000, message: t('cards.amountRule') }]}
        >
          <InputNumber min={0.01} max={100_000} precision={2} style={{ width: '100%' }} data-testid="card-amount" />
        </Form.Item>
      )}
      <Form.Item name="note" label={t('cards.note')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input maxLength={200} data-testid="card-note" />
      </Form.Item>
    </FormModal>
  );
}
