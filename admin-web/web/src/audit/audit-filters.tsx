import { SearchOutlined } from '@ant-design/icons';
import type { RestInput } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Button, DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { actionName } from './action-name.ts';

export type AuditQuery = Omit<NonNullable<RestInput<'searchAudit'>['query']>, 'limit' | 'cursor'>;
interface Values extends Omit<AuditQuery, 'from' | 'to'> {
  period?: [Dayjs | null, Dayjs | null] | null;
}

function queryOf({ period, ...rest }: Values): AuditQuery {
  const [from, to] = period ?? [];
  const texts = Object.entries(rest).flatMap(([name, value]) =>
    typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
  );
  return {
    ...Object.fromEntries(texts),
    ...(from ? { from: from.toISOString() } : {}),
    // The minute that was chosen belongs to the period.
    ...(to ? { to: to.add(1, 'minute').toISOString() } : {}),
  };
}

/** What is looked for: a period, who, what, whereon, from where, and text. */
export function AuditFilters({ onSearch }: { onSearch: (query: AuditQuery) => void }) {
  const t = useText();
  const language = useLanguage();
  const [form] = Form.useForm<Values>();
  const { data: actions } = useQuery({ queryKey: ['audit', 'actions'], queryFn: () => api.listAuditActions(), staleTime: 60_000 });
  const options = (actions?.items ?? []).map((value) => ({ value, label: `${actionName(value, language)} (${value})` }));
  const text = (name: keyof Values, max: number, width: number) => (
    <Form.Item name={name}>
      <Input allowClear placeholder={t(`audit.${name as 'text'}`)} maxLength={max} style={{ width }} data-testid={`audit-${name}`} />
    </Form.Item>
  );
  const reset = () => {
    form.resetFields();
    onSearch({});
  };
  return (
    <Form<Values> form={form} layout="inline" className="panel audit-filters" onFinish={(values) => onSearch(queryOf(values))}>
      <Form.Item name="period">
        <DatePicker.RangePicker
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          allowEmpty={[true, true]}
          presets={[1, 7, 30].map((days) => ({ label: `${days} d`, value: [dayjs().subtract(days, 'day'), dayjs()] }))}
        />
      </Form.Item>
      <Form.Item name="actorName">
        <Input allowClear placeholder={t('audit.actor')} maxLength={64} style={{ width: 120 }} data-testid="audit-actor" />
      </Form.Item>
      <Form.Item name="action">
        <AutoComplete
          allowClear
          options={options}
          placeholder={t('audit.action')}
          style={{ width: 220 }}
          popupMatchSelectWidth={320}
          showSearch={{ filterOption: (typed, option) => (option?.label ?? '').toLowerCase().includes(typed.toLowerCase()) }}
          data-testid="audit-action"
        />
      </Form.Item>
      {text('subjectKind', 32, 110)}
      {text('subjectId', 64, 150)}
      {text('address', 64, 130)}
      {text('text', 64, 150)}
      <Button type="primary" htmlType="submit" icon={<SearchOutlined />} data-testid="audit-search">
        {t('common.search')}
      </Button>
      <Button onClick={reset}>{t('audit.reset')}</Button>
    </Form>
  );
}
