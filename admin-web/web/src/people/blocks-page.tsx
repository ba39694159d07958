import { type BlockView, PersonKind } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, type TableColumnsType, Tag } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { type Filter, PeopleFilters } from './filters.tsx';
import './people.css';
import { useChoices } from './use-choices.ts';

const COLOURS = { coming: 'blue', active: 'red', over: 'default', lifted: 'green' } as const;
const time = (instant: string | null) => (instant === null ? null : dayjs(instant).format('YYYY-MM-DD HH:mm'));

export function BlocksPage() {
  const t = useText();
  const choices = useChoices();
  const queries = useQueryClient();
  const [filter, setFilter] = useState<Filter>({ open: 'true' });
  const [lifting, setLifting] = useState<BlockView | null>(null);
  const lift = async ({ reason }: { reason: string }) => {
    await api.liftBlock({ params: { id: lifting?.id ?? '' }, body: { reason } });
    await queries.invalidateQueries({ queryKey: ['blocks'] });
  };
  const acts: TableColumnsType<BlockView>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, block) =>
      (block.state === 'active' || block.state === 'coming') && (
        <Button type="link" size="small" onClick={() => setLifting(block)} data-testid="block-lift">
          {t('people.lift')}
        </Button>
      ),
  };
  return (
    <PageFrame
      title={t('people.blocklist')}
      testId="blocks-page"
      filters={
        <PeopleFilters
          value={filter}
          onChange={setFilter}
          placeholder={t('people.searchBlocks')}
          choices={[
            { name: 'personKind', label: t('people.kind'), options: choices('personKinds', PersonKind.options) },
            { name: 'open', label: t('common.all'), options: [{ value: 'true', label: t('people.onlyOpen') }] },
          ]}
        />
      }
    >
      <DataTable<BlockView>
        queryKey={['blocks', filter]}
        read={(cursor) => api.listBlocks({ query: { ...filter, ...(cursor ? { cursor } : {}) } })}
        columns={[...columnsOf(t), acts]}
        rowKey="id"
        rowTestId="block-row"
      />
      <FormModal<{ reason: string }>
        title={`${t('people.liftTitle')} · ${lifting?.personName ?? ''}`}
        open={lifting !== null}
        onClose={() => setLifting(null)}
        onSave={lift}
        saveText={t('people.lift')}
        testId="lift-form"
        width={420}
      >
        <Form.Item
          name="reason"
          label={t('people.liftReason')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input.TextArea maxLength={200} rows={3} data-testid="lift-reason" />
        </Form.Item>
      </FormModal>
    </PageFrame>
  );
}

const columnsOf = (t: Translate): TableColumnsType<BlockView> => [
  { title: t('people.person'), dataIndex: 'personName' },
  { title: t('people.kind'), key: 'kind', render: (_, block) => t(`people.personKinds.${block.personKind}`) },
  { title: t('people.blockReason'), dataIndex: 'reason', width: 220 },
  { title: t('people.period'), key: 'period', render: (_, block) => `${time(block.from)} – ${time(block.until) ?? t('people.forever')}` },
  {
    title: t('people.state'),
    key: 'state',
    render: (_, block) => <Tag color={COLOURS[block.state]}>{t(`people.blockStates.${block.state}`)}</Tag>,
  },
  { title: t('people.createdBy'), dataIndex: 'createdByName' },
  {
    title: t('people.lifted'),
    key: 'lifted',
    render: (_, block) => (block.liftedAt ? `${block.liftedByName ?? ''} ${time(block.liftedAt) ?? ''} · ${block.liftReason ?? ''}` : ''),
  },
];
