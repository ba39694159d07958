import { type AllowView, QuotaKind } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Checkbox, Form, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { DayItem } from '../people/fields.tsx';
import { InmateSelect } from '../people/inmate-select.tsx';
import { api } from '../session/api.ts';

interface Values {
  inmateId: string;
  familyId: string;
  kinds: QuotaKind[];
  validFrom: string;
  validUntil: string;
  reason: string;
}

/** Adds an entry for a family member of an inmate, or changes one. */
export function AllowForm({ entry, onClose, onSaved }: { entry: AllowView | 'new'; onClose: () => void; onSaved: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const inmateId = Form.useWatch('inmateId', form);
  const families = useQuery({
    queryKey: ['families', 'of', inmateId],
    queryFn: () => api.listFamilies({ query: { inmateId, limit: 100 } }),
    enabled: entry === 'new' && Boolean(inmateId),
  });
  const save = async ({ inmateId: inmate, familyId, ...content }: Values) => {
    if (entry === 'new') await api.addAllowed({ body: { inmateId: inmate, familyId, ...content } });
    else await api.changeAllowed({ params: { id: entry.id }, body: { ...content, version: entry.version } });
    onSaved();
  };
  const today = dayjs().format('YYYY-MM-DD');
  const initial: Partial<Values> =
    entry === 'new'
      ? { kinds: ['video'], validFrom: today, validUntil: dayjs().add(12, 'month').format('YYYY-MM-DD') }
      : { kinds: entry.kinds, validFrom: entry.validFrom, validUntil: entry.validUntil };
  const required = { required: true, message: t('common.required') };
  const title = entry === 'new' ? t('families.addAllowed') : `${t('families.changeAllowed')} · ${entry.familyName} – ${entry.inmateName}`;
  return (
    <FormModal<Values> title={title} open onClose={onClose} onSave={save} initial={initial} form={form} testId="allow-form">
      {entry === 'new' && (
        <>
          <Form.Item name="inmateId" label={t('families.inmate')} rules={[required]}>
            <InmateSelect known={[]} />
          </Form.Item>
          <Form.Item name="familyId" label={t('families.family')} rules={[required]}>
            <Select
              loading={families.isFetching}
              disabled={!inmateId}
              options={(families.data?.items ?? []).map(({ id, name, phone }) => ({ value: id, label: `${name} ${phone}` }))}
              data-testid="field-family"
            />
          </Form.Item>
        </>
      )}
      <Form.Item name="kinds" label={t('families.kinds')} rules={[required]}>
        <Checkbox.Group options={QuotaKind.options.map((kind) => ({ value: kind, label: t(`families.kindNames.${kind}`) }))} />
      </Form.Item>
      <DayItem name="validFrom" label={`${t('families.validity')} · ${t('families.snapshot.validFrom')}`} />
      <DayItem name="validUntil" label={t('families.snapshot.validUntil')} />
      <Form.Item name="reason" label={t('families.reason')} rules={[{ ...required, whitespace: true }]}>
        <Input.TextArea maxLength={200} rows={3} data-testid="reason" />
      </Form.Item>
    </FormModal>
  );
}
