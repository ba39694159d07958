import type { OfficerView } from '@qinqiao/contracts';
import { Form, Input, Select } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { useOrgUnits } from '../organisation/use-org-units.ts';
import { api } from '../session/api.ts';

interface Values {
  account: string;
  name: string;
  policeNumber: string;
  prisonId: string;
  unitId?: string | null;
}
interface Props {
  officer: OfficerView | 'new' | null;
  onClose: () => void;
  onPassword: (password: string) => void;
  onSaved: () => void;
}

/** A new account, whose first password is shown once, or who an account belongs to. */
export function OfficerForm({ officer, onClose, onPassword, onSaved }: Props) {
  const t = useText();
  const old = officer === 'new' ? null : officer;
  const save = async ({ account, name, policeNumber, prisonId, unitId = null }: Values) => {
    const content = { name, policeNumber, prisonId, unitId: unitId ?? null };
    if (old) await api.editOfficer({ params: { id: old.id }, body: { ...content, version: old.version } });
    else onPassword((await api.addOfficer({ body: { ...content, account } })).password);
    onSaved();
  };
  const required = [{ required: true, whitespace: true, message: t('common.required') }];
  return (
    <FormModal<Values>
      title={t(old ? 'organisation.editOfficer' : 'organisation.addOfficer')}
      open={officer !== null}
      onClose={onClose}
      onSave={save}
      testId="officer-form"
      initial={old ?? { policeNumber: '' }}
    >
      {!old && (
        <Form.Item
          name="account"
          label={t('organisation.account')}
          rules={[{ required: true, pattern: /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}$/, message: t('organisation.accountRule') }]}
        >
          <Input maxLength={64} autoComplete="off" data-testid="officer-account" />
        </Form.Item>
      )}
      <Form.Item name="name" label={t('organisation.officerName')} rules={required}>
        <Input maxLength={64} data-testid="officer-name" />
      </Form.Item>
      <Form.Item name="policeNumber" label={t('organisation.policeNumber')}>
        <Input maxLength={32} />
      </Form.Item>
      <PlaceFields />
    </FormModal>
  );
}

function PlaceFields() {
  const t = useText();
  const form = Form.useFormInstance<Values>();
  const prisonId = Form.useWatch<string | undefined>('prisonId');
  const units = useOrgUnits().data?.items ?? [];
  const options = (kept: typeof units) => kept.filter(({ enabled }) => enabled).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <Form.Item name="prisonId" label={t('organisation.prison')} rules={[{ required: true, message: t('common.required') }]}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={options(units.filter(({ kind }) => kind === 'prison' || kind === 'bureau'))}
          onChange={() => form.setFieldValue('unitId', null)}
          data-testid="officer-prison"
        />
      </Form.Item>
      <Form.Item name="unitId" label={t('organisation.unit')}>
        <Select
          allowClear
          options={options(units.filter((unit) => unit.parentId === prisonId && ['ward', 'office'].includes(unit.kind)))}
        />
      </Form.Item>
    </>
  );
}
