import type { PersonKind } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Values {
  reason: string;
  from: Dayjs;
  until?: Dayjs | null;
}

/** Puts one person on the blocklist. */
export function BlockForm({ kind, person, onClose }: { kind: PersonKind; person: { id: string; name: string }; onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const save = async ({ reason, from, until }: Values) => {
    const period = { from: from.toISOString(), until: until ? until.toISOString() : null };
    await api.addBlock({ body: { personKind: kind, personId: person.id, reason, ...period } });
    await queries.invalidateQueries({ queryKey: ['blocks'] });
  };
  const required = { required: true, message: t('common.required') };
  return (
    <FormModal<Values>
      title={`${t('people.block')} · ${person.name}`}
      open
      onClose={onClose}
      onSave={save}
      initial={{ from: dayjs() }}
      testId="block-form"
      width={420}
    >
      <Form.Item name="reason" label={t('people.blockReason')} rules={[{ ...required, whitespace: true }]}>
        <Input.TextArea maxLength={200} rows={3} data-testid="block-reason" />
      </Form.Item>
      <Form.Item name="from" label={t('people.blockFrom')} rules={[required]}>
        <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
      </Form.Item>
      <Form.Item name="until" label={t('people.blockUntil')}>
        <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" placeholder={t('people.forever')} />
      </Form.Item>
    </FormModal>
  );
}
