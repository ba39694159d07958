import type { AppointmentKind, RestOutput } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, DatePicker, Form, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { InmateSelect } from '../people/inmate-select.tsx';
import { api } from '../session/api.ts';

interface Values {
  inmateId: string;
  familyId: string;
  kind: AppointmentKind;
  day: Dayjs;
}

/** What the table would decide for somebody now, without booking anything. */
export function ReviewTry() {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const inmateId = Form.useWatch('inmateId', form);
  const { busy, act } = useAct();
  const [result, setResult] = useState<RestOutput<'tryReview'> | null>(null);
  const relatives = useQuery({
    queryKey: ['families', 'of', inmateId],
    queryFn: () => api.listFamilies({ query: { inmateId: inmateId ?? '', limit: 50 } }),
    enabled: Boolean(inmateId),
  });
  const ask = ({ day, ...rest }: Values) =>
    act(async () => setResult(await api.tryReview({ query: { ...rest, day: day.format('YYYY-MM-DD') } })));
  const required = [{ required: true, message: t('common.required') }];
  return (
    <Card size="small" title={t('bookings.tryTitle')} style={{ marginTop: 16 }} data-testid="review-try">
      <Form<Values>
        form={form}
        layout="inline"
        initialValues={{ kind: 'video', day: dayjs().add(1, 'day') }}
        onFinish={(values) => void ask(values)}
      >
        <Form.Item name="inmateId" rules={required} style={{ width: 260 }}>
          <InmateSelect known={[]} />
        </Form.Item>
        <Form.Item name="familyId" rules={required} style={{ width: 180 }}>
          <Select
            placeholder={t('bookings.family')}
            disabled={!inmateId}
            options={(relatives.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            data-testid="try-family"
          />
        </Form.Item>
        <Form.Item name="kind" rules={required} style={{ width: 130 }}>
          <Select options={(['video', 'visit'] as const).map((value) => ({ value, label: t(`bookings.kinds.${value}`) }))} />
        </Form.Item>
        <Form.Item name="day" rules={required}>
          <DatePicker allowClear={false} />
        </Form.Item>
        <Button htmlType="submit" loading={busy} data-testid="try-ask">
          {t('bookings.tryTitle')}
        </Button>
      </Form>
      {result && <Result result={result} />}
    </Card>
  );
}

function Result({ result: { decision, rule, reason } }: { result: RestOutput<'tryReview'> }) {
  const t = useText();
  const language = useLanguage();
  const said = { decision: t(`bookings.decisions.${decision}`), rule: rule ?? t('bookings.noRule') };
  const type = decision === 'approve' ? 'success' : decision === 'refuse' ? 'error' : 'info';
  return (
    <Alert
      type={type}
      showIcon
      style={{ marginTop: 12 }}
      title={t('bookings.tryResult', said)}
      description={reason?.[language]}
      data-testid="try-result"
    />
  );
}
