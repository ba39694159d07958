import type { FamilyNumber } from '@qinqiao/contracts';
import { Form, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { DayItem } from '../people/fields.tsx';
import { InmateSelect } from '../people/inmate-select.tsx';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';

interface Values {
  inmateId: string;
  phone?: string;
  name: string;
  relation: string;
  validFrom: string;
  validUntil: string;
  note?: string;
}

/** Adds a number for an inmate, or changes one. */
export function NumberForm({ number, onClose, onSaved }: { number: FamilyNumber | 'new'; onClose: () => void; onSaved: () => void }) {
  const t = useText();
  const relations = useDictionary('relation');
  const fresh = number === 'new';
  const save = async ({ inmateId, phone, note = '', ...content }: Values) => {
    if (fresh) await api.addNumber({ body: { ...content, note, inmateId, phone: phone ?? '' } });
    else
      await api.changeNumber({
        params: { id: number.id },
        body: { ...content, note, version: number.version, ...(phone ? { phone } : {}) },
      });
    onSaved();
  };
  const initial: Partial<Values> = fresh
    ? { validFrom: dayjs().format('YYYY-MM-DD'), validUntil: dayjs().add(12, 'month').format('YYYY-MM-DD') }
    : { name: number.name, relation: number.relation.code, validFrom: number.validFrom, validUntil: number.validUntil, note: number.note };
  const required = { required: true, message: t('common.required') };
  return (
    <FormModal<Values>
      title={fresh ? t('families.addNumber') : `${t('families.changeNumber')} · ${number.inmateName}`}
      open
      onClose={onClose}
      onSave={save}
      initial={initial}
      testId="number-form"
    >
      {fresh && (
        <Form.Item name="inmateId" label={t('families.inmate')} rules={[required]}>
          <InmateSelect known={[]} />
        </Form.Item>
      )}
      <Form.Item name="phone" label={t('families.number')} rules={fresh ? [required] : []}>
        <Input maxLength={32} {...(fresh ? {} : { placeholder: number.phone })} data-testid="number-phone" />
      </Form.Item>
      <Form.Item name="name" label={t('families.holder')} rules={[{ ...required, whitespace: true }]}>
        <Input maxLength={64} data-testid="number-name" />
      </Form.Item>
      <Form.Item name="relation" label={t('families.relation')} rules={[required]}>
        <Select options={relations.options} showSearch={{ optionFilterProp: 'label' }} data-testid="number-relation" />
      </Form.Item>
      <DayItem name="validFrom" label={t('families.snapshot.validFrom')} />
      <DayItem name="validUntil" label={t('families.snapshot.validUntil')} />
      <Form.Item name="note" label={t('families.note')}>
        <Input.TextArea maxLength={200} rows={2} />
      </Form.Item>
    </FormModal>
  );
}
