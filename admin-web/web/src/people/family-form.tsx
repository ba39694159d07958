import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { type FamilyView, Gender, PersonState, type RestInput } from '@qinqiao/contracts';
import { Button, Form, Input } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ChoiceItem, PersonalItem, PrisonItem, TextItem, typed } from './fields.tsx';
import { InmateSelect } from './inmate-select.tsx';
import { useChoices } from './use-choices.ts';
import { usePlaces } from './use-places.ts';

type Values = RestInput<'addFamily'>['body'];
interface Props {
  family: FamilyView | 'new';
  onClose: () => void;
  onSaved: () => void;
}

/** A new family member, or what is known of one, with the inmates they are related to. */
export function FamilyForm({ family, onClose, onSaved }: Props) {
  const t = useText();
  const choices = useChoices();
  const { prisons } = usePlaces();
  const old = family === 'new' ? null : family;
  const only = prisons.length === 1 ? { prisonId: prisons[0]?.value ?? '' } : {};
  const initial: Partial<Values> = old
    ? {
        name: old.name,
        gender: old.gender,
        state: old.state,
        kinships: old.kinships.map(({ inmateId, relation }) => ({ inmateId, relation })),
      }
    : { gender: 'unknown', state: 'active', kinships: [], ...only };
  const save = async (values: Values) => {
    if (!old) await api.addFamily({ body: values });
    else {
      const personal = { idNumber: typed(values.idNumber), phone: typed(values.phone), address: typed(values.address) };
      await api.changeFamily({ params: { id: old.id }, body: { ...values, ...personal, version: old.version } });
    }
    onSaved();
  };
  return (
    <FormModal<Values>
      title={t(old ? 'people.editFamily' : 'people.addFamily')}
      open
      onClose={onClose}
      onSave={save}
      initial={initial}
      testId="family-form"
      width={560}
    >
      <TextItem name="name" label={t('people.name')} required />
      <PersonalItem name="phone" label={t('people.phone')} masked={old?.phone} required />
      <PersonalItem name="idNumber" label={t('people.idNumber')} masked={old?.idNumber} />
      <ChoiceItem name="gender" label={t('people.gender')} options={choices('genders', Gender.options)} />
      <PersonalItem name="address" label={t('people.address')} masked={old?.address} />
      {!old && <PrisonItem label={t('people.registeredBy')} />}
      <ChoiceItem name="state" label={t('people.state')} options={choices('states', PersonState.options)} />
      <KinshipFields known={old?.kinships ?? []} />
    </FormModal>
  );
}

function KinshipFields({ known }: { known: FamilyView['kinships'] }) {
  const t = useText();
  const required = [{ required: true, message: t('common.required') }];
  return (
    <Form.Item label={t('people.kinships')}>
      <Form.List name="kinships">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="kinship-row">
                <Form.Item name={[name, 'inmateId']} rules={required}>
                  <InmateSelect
                    known={known.map(({ inmateId, inmateName, inmateNumber }) => ({
                      value: inmateId,
                      label: `${inmateName} ${inmateNumber}`,
                    }))}
                  />
                </Form.Item>
                <Form.Item name={[name, 'relation']} rules={required}>
                  <Input maxLength={32} placeholder={t('people.relation')} data-testid="field-relation" />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t('common.remove')} onClick={() => remove(name)} />
              </div>
            ))}
            <Button type="dashed" block icon={<PlusOutlined />} onClick={() => add({ relation: '' })} data-testid="kinship-add">
              {t('people.addKinship')}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
