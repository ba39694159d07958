import { CONVERSATION_KINDS, type RetentionRule, TreatmentLevel } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, InputNumber, Popconfirm, Select, Space, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { useAct } from '../components/use-act.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';

const KEY = ['retention-rules'];
type Level = (typeof TreatmentLevel.options)[number];
interface Values {
  prisonId?: string | null;
  kind?: RetentionRule['kind'];
  level?: Level | null;
  keepDays?: number | null;
}

/** How long recordings are kept: rules by prison, treatment level and kind. */
export function RetentionTab() {
  const t = useText();
  const queries = useQueryClient();
  const { act } = useAct();
  const [edited, setEdited] = useState<RetentionRule | 'new' | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: KEY });
  const remove = (rule: RetentionRule) =>
    act(async () => {
      await api.deleteRetentionRule({ params: { id: rule.id } });
      await changed();
    }, t('common.done'));
  const columns = columnsOf(t, { onEdit: setEdited, onRemove: (rule) => void remove(rule) });
  return (
    <div className="storage">
      <Alert type="info" showIcon title={t('storage.rulesHint')} />
      <div>
        <Button type="primary" onClick={() => setEdited('new')} data-testid="rule-add">
          {t('storage.addRule')}
        </Button>
      </div>
      <DataTable<RetentionRule>
        queryKey={KEY}
        read={(cursor) => api.listRetentionRules({ query: { limit: 100, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="retention-rule"
        emptyText={t('storage.noRules')}
      />
      <RuleForm rule={edited} onClose={() => setEdited(null)} onSaved={changed} />
    </div>
  );
}

const columnsOf = (
  t: Translate,
  { onEdit, onRemove }: { onEdit: (rule: RetentionRule) => void; onRemove: (rule: RetentionRule) => void },
): TableColumnsType<RetentionRule> => [
  { title: t('storage.prison'), dataIndex: 'prisonName', render: (name: string | null) => name ?? t('storage.any') },
  {
    title: t('storage.level'),
    dataIndex: 'level',
    render: (level: Level | null) => (level ? t(`people.levels.${level}`) : t('storage.any')),
  },
  {
    title: t('storage.kind'),
    dataIndex: 'kind',
    render: (kind: RetentionRule['kind']) => (kind ? t(`storage.kinds.${kind}`) : t('storage.any')),
  },
  {
    title: t('storage.keep'),
    dataIndex: 'keepDays',
    render: (count: number | null) => (count === null ? t('storage.forGood') : t('storage.days', { count })),
  },
  {
    title: t('common.actions'),
    key: 'actions',
    width: 160,
    render: (_, rule) => (
      <Space>
        <Button type="link" size="small" onClick={() => onEdit(rule)}>
          {t('common.edit')}
        </Button>
        <Popconfirm title={t('storage.removeAsk')} onConfirm={() => onRemove(rule)}>
          <Button type="link" size="small" danger>
            {t('common.remove')}
          </Button>
        </Popconfirm>
      </Space>
    ),
  },
];

function RuleForm({ rule, onClose, onSaved }: { rule: RetentionRule | 'new' | null; onClose: () => void; onSaved: () => Promise<void> }) {
  const t = useText();
  const { prisons } = usePlaces();
  const initial = useMemo<Values>(() => (rule === null || rule === 'new' ? {} : (rule as Values)), [rule]);
  const save = async ({ prisonId = null, kind = null, level = null, keepDays = null }: Values) => {
    const body = { prisonId, kind, level, keepDays };
    if (rule === 'new') await api.createRetentionRule({ body });
    else if (rule !== null) await api.changeRetentionRule({ params: { id: rule.id }, body: { ...body, version: rule.version } });
    await onSaved();
  };
  return (
    <FormModal<Values>
      title={t(rule === 'new' ? 'storage.addRule' : 'storage.editRule')}
      open={rule !== null}
      onClose={onClose}
      initial={initial}
      onSave={save}
      testId="rule-form"
    >
      <Form.Item name="prisonId" label={t('storage.prison')}>
        <Select allowClear placeholder={t('storage.any')} options={prisons} data-testid="rule-prison" />
      </Form.Item>
      <Form.Item name="level" label={t('storage.level')}>
        <Select
          allowClear
          placeholder={t('storage.any')}
          options={TreatmentLevel.options.map((value) => ({ value, label: t(`people.levels.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="kind" label={t('storage.kind')}>
        <Select
          allowClear
          placeholder={t('storage.any')}
          options={CONVERSATION_KINDS.map((value) => ({ value, label: t(`storage.kinds.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="keepDays" label={t('storage.keepDays')} extra={t('storage.keepHint')}>
        <InputNumber min={30} max={36_500} precision={0} style={{ width: '100%' }} data-testid="rule-days" />
      </Form.Item>
    </FormModal>
  );
}
