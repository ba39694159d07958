import type { CardView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Descriptions, Drawer, Form, Input, Popconfirm, Space, Spin, Tag } from 'antd';
import { useCallback, useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Ledger } from './ledger.tsx';
import { yuanOf } from './money.ts';
import { UidItem } from './uid-item.tsx';

interface Props {
  id: string | null;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
  onPayload: (payload: string) => void;
}

/** One card: its state, what can be done with it, and its ledger. */
export function CardDrawer({ id, onClose, onChanged, onPayload }: Props) {
  const t = useText();
  const queries = useQueryClient();
  const card = useQuery({ queryKey: ['card', id], queryFn: () => api.getCard({ params: { id: id ?? '' } }), enabled: id !== null });
  const changed = async () => {
    await queries.invalidateQueries({ queryKey: ['card', id] });
    await queries.invalidateQueries({ queryKey: ['card-entries', id] });
    await onChanged();
  };
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={820}
      title={`${t('cards.title')} ${card.data?.uid ?? ''}`}
      destroyOnHidden
      data-testid="card-drawer"
    >
      {card.isError ? (
        <ErrorView error={card.error} />
      ) : card.data ? (
        <Content card={card.data} onChanged={changed} onPayload={onPayload} />
      ) : (
        <Spin />
      )}
    </Drawer>
  );
}

function Content({ card, onChanged, onPayload }: { card: CardView; onChanged: () => Promise<void>; onPayload: (payload: string) => void }) {
  const t = useText();
  const mayEdit = useAllowed('card.edit');
  const items = [
    {
      key: 'holder',
      label: t('cards.holder'),
      children: `${card.holder.name} ${card.holder.number} (${t(`cards.kinds.${card.holder.kind}`)})`,
    },
    { key: 'state', label: t('cards.state'), children: <Tag data-testid="card-state">{t(`cards.states.${card.state}`)}</Tag> },
    { key: 'balance', label: t('cards.balance'), children: <b data-testid="card-balance">{yuanOf(card.balanceFen)}</b> },
    { key: 'issued', label: t('cards.issued'), children: momentOf(card.issuedAt) },
  ];
  return (
    <>
      <Descriptions bordered size="small" column={2} items={items} />
      {mayEdit && <Moves card={card} onChanged={onChanged} onPayload={onPayload} />}
      <Ledger card={card} onChanged={onChanged} />
    </>
  );
}

function Moves({ card, onChanged, onPayload }: { card: CardView; onChanged: () => Promise<void>; onPayload: (payload: string) => void }) {
  const t = useText();
  const { act } = useAct();
  const [replacing, setReplacing] = useState(false);
  const input = { params: { id: card.id }, body: { version: card.version } };
  const moves = {
    lost: () => api.reportCardLost(input),
    found: () => api.findLostCard(input),
    return: () => api.returnCard(input),
  };
  const move = (name: keyof typeof moves) => act(moves[name], t('cards.moved')).then(onChanged);
  const button = (name: keyof typeof moves, danger = false) => (
    <Popconfirm title={t(`cards.${name}Ask`)} onConfirm={() => void move(name)} okButtonProps={{ 'data-testid': 'card-confirm' }}>
      <Button danger={danger} data-testid={`card-${name}`}>
        {t(`cards.${name}`)}
      </Button>
    </Popconfirm>
  );
  if (card.state !== 'active' && card.state !== 'lost') return null;
  return (
    <Space style={{ margin: '16px 0' }}>
      {card.state === 'active' ? button('lost', true) : button('found')}
      {button('return')}
      <Button onClick={() => setReplacing(true)} data-testid="card-replace">
        {t('cards.replace')}
      </Button>
      <ReplaceForm
        card={card}
        open={replacing}
        onClose={() => setReplacing(false)}
        onReplaced={(payload) => void onChanged().then(() => onPayload(payload))}
      />
    </Space>
  );
}

interface ReplaceValues {
  uid: string;
  note?: string;
}

function ReplaceForm({
  card,
  open,
  onClose,
  onReplaced,
}: {
  card: CardView;
  open: boolean;
  onClose: () => void;
  onReplaced: (payload: string) => void;
}) {
  const t = useText();
  const [form] = Form.useForm<ReplaceValues>();
  const setUid = useCallback((uid: string) => form.setFieldsValue({ uid }), [form]);
  const save = async (values: ReplaceValues) => {
    const { payload } = await api.replaceCard({ params: { id: card.id }, body: { ...values, version: card.version } });
    onReplaced(payload);
  };
  return (
    <FormModal<ReplaceValues>
      title={t('cards.replaceTitle')}
      open={open}
      onClose={onClose}
      onSave={save}
      form={form}
      fieldText={(field, reason) => (field === 'uid' ? t('cards.cardOpen') : reason)}
    >
      <p>{t('cards.replaceHint')}</p>
      {open && <UidItem onRead={setUid} />}
      <Form.Item name="note" label={t('cards.note')}>
        <Input maxLength={200} />
      </Form.Item>
    </FormModal>
  );
}
