import { IdcardOutlined } from '@ant-design/icons';
import { errorText } from '@qinqiao/client-sdk';
import { type CardView, QinqiaoError } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Select, Tag, type TableColumnsType } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { SecretModal } from '../components/secret-modal.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { CardDrawer } from './card-drawer.tsx';
import { cardReader } from './card-reader.ts';
import { IssueForm } from './issue-form.tsx';
import { yuanOf } from './money.ts';

const STATES = ['active', 'lost', 'returned', 'replaced'] as const;
export const CARD_COLOURS = { active: 'green', lost: 'red', returned: 'default', replaced: 'default' } as const;

interface Filter {
  text?: string | undefined;
  state?: CardView['state'] | undefined;
}

/** Cards of inmates and officers. A card on the reader opens, wherever the focus is. */
export function CardsPage() {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('card.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const [issuing, setIssuing] = useState(false);
  const [payload, setPayload] = useState<string | null>(null);
  const columns = useMemo(() => columnsOf(t, setOpen), [t]);
  useReader(!issuing && open === null, setOpen);
  const changed = () => queries.invalidateQueries({ queryKey: ['cards'] });
  const issue = (
    <Button type="primary" icon={<IdcardOutlined />} onClick={() => setIssuing(true)} data-testid="card-issue">
      {t('cards.issue')}
    </Button>
  );
  return (
    <PageFrame
      title={t('cards.title')}
      hint={<Tag>{t('cards.hint')}</Tag>}
      actions={mayEdit && issue}
      filters={<Filters filter={filter} onChange={setFilter} />}
      testId="cards-page"
    >
      <DataTable<CardView>
        queryKey={['cards', filter]}
        read={(cursor) => api.listCards({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="card-row"
        onOpen={({ id }) => setOpen(id)}
        emptyText={t('cards.noCards')}
        minWidth={980}
      />
      <IssueForm open={issuing} onClose={() => setIssuing(false)} onIssued={(content) => void changed().then(() => setPayload(content))} />
      <CardDrawer id={open} onClose={() => setOpen(null)} onChanged={changed} onPayload={setPayload} />
      <SecretModal title={t('cards.payload')} text={t('cards.payloadText')} secret={payload} onClose={() => setPayload(null)} />
    </PageFrame>
  );
}

/** While nothing else waits for a card, one on the reader is looked up. */
function useReader(active: boolean, onCard: (id: string) => void): void {
  const t = useText();
  const language = useLanguage();
  const { message } = App.useApp();
  useEffect(() => {
    if (!active) return undefined;
    return cardReader.listen((read) => {
      api.readCard({ body: read }).then(
        ({ id }) => onCard(id),
        (error: unknown) => {
          const unknown = error instanceof QinqiaoError && error.code === 'not_found';
          message.error(unknown ? t('cards.notFound', { uid: read.uid }) : errorText(error, language));
        },
      );
    });
  }, [active, language, message, onCard, t]);
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  return (
    <>
      <Input.Search
        allowClear
        placeholder={t('cards.searchText')}
        maxLength={64}
        style={{ width: 280 }}
        onSearch={(text) => onChange({ ...filter, text: text.trim() || undefined })}
        data-testid="card-search"
      />
      <Select
        allowClear
        placeholder={t('cards.state')}
        style={{ width: 140 }}
        options={STATES.map((value) => ({ value, label: t(`cards.states.${value}`) }))}
        onChange={(state?: CardView['state']) => onChange({ ...filter, state })}
      />
    </>
  );
}

const columnsOf = (t: Translate, onOpen: (id: string) => void): TableColumnsType<CardView> => [
  { title: t('cards.uid'), dataIndex: 'uid', width: 180, render: (uid: string) => <code>{uid}</code> },
  {
    title: t('cards.holder'),
    key: 'holder',
    width: 240,
    render: (_, { holder }) => (
      <>
        <b>{holder.name}</b> {holder.number} <Tag>{t(`cards.kinds.${holder.kind}`)}</Tag>
      </>
    ),
  },
  {
    title: t('cards.state'),
    dataIndex: 'state',
    width: 110,
    render: (state: CardView['state']) => <Tag color={CARD_COLOURS[state]}>{t(`cards.states.${state}`)}</Tag>,
  },
  { title: t('cards.balance'), dataIndex: 'balanceFen', width: 130, align: 'right', render: yuanOf },
  { title: t('cards.issued'), dataIndex: 'issuedAt', width: 180, render: momentOf },
  {
    title: t('common.actions'),
    key: 'actions',
    width: 90,
    fixed: 'right',
    render: (_, { id }) => (
      <Button size="small" type="link" onClick={() => onOpen(id)} data-testid="card-open">
        {t('cards.open')}
      </Button>
    ),
  },
];
