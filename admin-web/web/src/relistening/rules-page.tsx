import { PlusOutlined } from '@ant-design/icons';
import { ConversationKind, type RelisteningRule, type RelisteningRuleContent, TreatmentLevel } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber, Popconfirm, Select, Switch, Table, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';

const KEY = ['relistening-rules'];
type Values = RelisteningRuleContent & { prisonId: string };
const FRESH: Partial<Values> = {
  kind: null,
  level: null,
  percent: 20,
  alwaysAlerts: true,
  days: 3,
  wantedPercent: 80,
  role: 'supervisor',
  ofWard: true,
  secondPercent: 5,
  enabled: true,
};

/** Which conversations are to be heard again, how soon, how much of them and by whom. */
export function RulesPage() {
  const t = useText();
  const queries = useQueryClient();
  const { act } = useAct();
  const [editing, setEditing] = useState<RelisteningRule | 'new' | null>(null);
  const { data, isPending } = useQuery({ queryKey: KEY, queryFn: () => api.listRelisteningRules() });
  const changed = () => queries.invalidateQueries({ queryKey: KEY });
  const remove = ({ id }: RelisteningRule) =>
    void act(() => api.deleteRelisteningRule({ params: { id } }), t('common.saved')).then(changed);
  return (
    <PageFrame
      title={t('relistening.rulesTitle')}
      hint={<small className="muted">{t('relistening.rulesHint')}</small>}
      testId="relistening-rules-page"
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="rule-add">
          {t('relistening.rule.add')}
        </Button>
      }
    >
      <Table<RelisteningRule>
        className="panel"
        rowKey="id"
        columns={useColumns({ onEdit: setEditing, onRemove: remove })}
        dataSource={data?.items ?? []}
        loading={isPending}
        pagination={false}
        scroll={{ x: 960 }}
        onRow={() => ({ 'data-testid': 'rule-row' }) as object}
        locale={{ emptyText: t('relistening.rule.none') }}
      />
      <RuleForm rule={editing} onClose={() => setEditing(null)} onSaved={changed} />
    </PageFrame>
  );
}

function useColumns({ onEdit, onRemove }: { onEdit: (rule: RelisteningRule) => void; onRemove: (rule: RelisteningRule) => void }) {
  const t = useText();
  const levels = useDictionary('treatment_level');
  const columns: TableColumnsType<RelisteningRule> = [
    { title: t('relistening.rule.name'), dataIndex: 'name', width: 160 },
    { title: t('relistening.rule.prison'), dataIndex: 'prisonName', width: 130 },
    {
      title: t('relistening.rule.applies'),
      key: 'applies',
      width: 180,
      render: (_, { kind, level }) => (
        <>
          <Tag>{kind ? t(`relistening.kinds.${kind}`) : t('relistening.rule.allKinds')}</Tag>
          <Tag>{level ? levels.nameOf(level) : t('relistening.rule.allLevels')}</Tag>
        </>
      ),
    },
    {
      title: t('relistening.rule.percent'),
      key: 'share',
      width: 270,
      render: (_, rule) => (
        <>
          {t('relistening.rule.share', { percent: rule.percent, wanted: rule.wantedPercent, days: rule.days })}
          <br />
          {rule.alwaysAlerts && <Tag color="orange">{t('relistening.rule.alerts')}</Tag>}
          {rule.secondPercent > 0 && <Tag color="cyan">{t('relistening.rule.second', { percent: rule.secondPercent })}</Tag>}
        </>
      ),
    },
    { title: t('relistening.rule.role'), key: 'role', width: 150, render: (_, { roleName }) => roleName ?? t('relistening.rule.pool') },
    {
      title: t('relistening.rule.enabled'),
      dataIndex: 'enabled',
      width: 70,
      render: (on: boolean) => <Tag color={on ? 'green' : 'default'}>{t(on ? 'common.yes' : 'common.no')}</Tag>,
    },
    {
      key: 'acts',
      width: 120,
      render: (_, rule) => (
        <>
          <Button type="link" size="small" onClick={() => onEdit(rule)} data-testid="rule-edit">
            {t('common.edit')}
          </Button>
          <Popconfirm title={t('relistening.rule.removeAsk', { name: rule.name })} onConfirm={() => onRemove(rule)}>
            <Button type="link" size="small" danger data-testid="rule-remove">
              {t('common.remove')}
            </Button>
          </Popconfirm>
        </>
      ),
    },
  ];
  return columns;
}

interface FormProps {
  rule: RelisteningRule | 'new' | null;
  onClose: () => void;
  onSaved: () => Promise<void>;
}

function RuleForm({ rule, onClose, onSaved }: FormProps) {
  const t = useText();
  const { prisons } = usePlaces();
  const old = rule === 'new' ? null : rule;
  const save = async ({ prisonId, ...values }: Values) => {
    const body = { ...values, kind: values.kind ?? null, level: values.level ?? null, role: values.role ?? null };
    if (old) await api.editRelisteningRule({ params: { id: old.id }, body: { ...body, version: old.version } });
    else await api.addRelisteningRule({ body: { ...body, prisonId } });
    await onSaved();
  };
  const first = prisons.length === 1 ? { prisonId: prisons[0]?.value ?? '' } : {};
  return (
    <FormModal<Values>
      title={t(old ? 'relistening.rule.edit' : 'relistening.rule.add')}
      open={rule !== null}
      onClose={onClose}
      onSave={save}
      initial={old ?? { ...FRESH, ...first }}
      testId="rule-form"
    >
      <Form.Item name="prisonId" label={t('relistening.rule.prison')} rules={[{ required: true }]}>
        <Select options={prisons} disabled={old !== null} data-testid="rule-prison" />
      </Form.Item>
      <Form.Item name="name" label={t('relistening.rule.name')} rules={[{ required: true, whitespace: true, max: 64 }]}>
        <Input maxLength={64} data-testid="rule-name" />
      </Form.Item>
      <RuleFields />
    </FormModal>
  );
}

function RuleFields() {
  const t = useText();
  const levels = useDictionary('treatment_level').options.filter(({ value }) => TreatmentLevel.safeParse(value).success);
  const { data } = useQuery({ queryKey: ['relistening-roles'], queryFn: () => api.listRelisteningRoles() });
  const roles = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const kinds = ConversationKind.options.map((value) => ({ value, label: t(`relistening.kinds.${value}`) }));
  const whole = (max: number, min = 0) => <InputNumber min={min} max={max} precision={0} style={{ width: '100%' }} />;
  const needed = [{ required: true }];
  return (
    <>
      <Form.Item name="kind" label={t('relistening.kind')}>
        <Select allowClear options={kinds} placeholder={t('relistening.rule.allKinds')} />
      </Form.Item>
      <Form.Item name="level" label={t('relistening.rule.level')}>
        <Select allowClear options={levels} placeholder={t('relistening.rule.allLevels')} />
      </Form.Item>
      <Form.Item name="percent" label={t('relistening.rule.percent')} extra={t('relistening.rule.percentHint')} rules={needed}>
        {whole(100)}
      </Form.Item>
      <Form.Item name="alwaysAlerts" label={t('relistening.rule.alwaysAlerts')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="wantedPercent" label={t('relistening.rule.wantedPercent')} extra={t('relistening.rule.wantedHint')} rules={needed}>
        {whole(100)}
      </Form.Item>
      <Form.Item name="days" label={t('relistening.rule.days')} rules={needed}>
        {whole(90, 1)}
      </Form.Item>
      <Form.Item name="role" label={t('relistening.rule.role')}>
        <Select allowClear options={roles} placeholder={t('relistening.rule.pool')} />
      </Form.Item>
      <Form.Item name="ofWard" label={t('relistening.rule.ofWard')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="secondPercent" label={t('relistening.rule.secondPercent')} extra={t('relistening.rule.secondHint')} rules={needed}>
        {whole(100)}
      </Form.Item>
      <Form.Item name="enabled" label={t('relistening.rule.enabled')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </>
  );
}
