import { InmateState, type InmateView, Involvement, TreatmentLevel, Gender, type RestInput } from '@qinqiao/contracts';
import { Form, Select, Switch } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ChoiceItem, DayItem, PersonalItem, PrisonItem, TextItem, typed } from './fields.tsx';
import { OfficerSelect } from './officer-select.tsx';
import { useChoices } from './use-choices.ts';
import { usePlaces } from './use-places.ts';

type Values = RestInput<'addInmate'>['body'];
interface Props {
  inmate: InmateView | 'new';
  onClose: () => void;
  onSaved: () => void;
}

const EMPTY: Partial<Values> = { gender: 'unknown', level: 'common', state: 'in_custody', involved: [], keyControl: false };

/** A new inmate, or what is known of one. */
export function InmateForm({ inmate, onClose, onSaved }: Props) {
  const t = useText();
  const choices = useChoices();
  const { prisons } = usePlaces();
  const old = inmate === 'new' ? null : inmate;
  const only = prisons.length === 1 ? { prisonId: prisons[0]?.value ?? '' } : {};
  const initial: Partial<Values> = old ? { ...old, idNumber: undefined, birthDate: undefined } : { ...EMPTY, ...only };
  const save = async (values: Values) => {
    if (!old) await api.addInmate({ body: values });
    else {
      const personal = { idNumber: typed(values.idNumber), birthDate: typed(values.birthDate) };
      await api.changeInmate({ params: { id: old.id }, body: { ...values, ...personal, version: old.version } });
    }
    onSaved();
  };
  return (
    <FormModal<Values>
      title={t(old ? 'people.editInmate' : 'people.addInmate')}
      open
      onClose={onClose}
      onSave={save}
      initial={initial}
      testId="inmate-form"
    >
      <TextItem name="number" label={t('people.number')} required max={32} />
      <TextItem name="name" label={t('people.name')} required />
      <PrisonItem label={t('people.prison')} />
      <WardItem />
      <PersonalItem name="idNumber" label={t('people.idNumber')} masked={old?.idNumber} />
      <ChoiceItem name="gender" label={t('people.gender')} options={choices('genders', Gender.options)} />
      <DayItem name="birthDate" label={old?.birthDate ? `${t('people.birthDate')} (${old.birthDate})` : t('people.birthDate')} />
      <TextItem name="nationality" label={t('people.nationality')} max={32} />
      <ChoiceItem name="level" label={t('people.level')} options={choices('levels', TreatmentLevel.options)} />
      <Form.Item name="keyControl" label={t('people.keyControl')} valuePropName="checked">
        <Switch data-testid="field-keyControl" />
      </Form.Item>
      <Form.Item name="involved" label={t('people.involved')}>
        <Select mode="multiple" options={choices('involvements', Involvement.options)} />
      </Form.Item>
      <Form.Item name="officerId" label={t('people.officer')}>
        <OfficerSelect known={old?.officerId ? [{ value: old.officerId, label: old.officerName ?? old.officerId }] : []} />
      </Form.Item>
      <DayItem name="admittedOn" label={t('people.admittedOn')} />
      <DayItem name="releaseOn" label={t('people.releaseOn')} />
      <ChoiceItem name="state" label={t('people.state')} options={choices('inmateStates', InmateState.options)} />
    </FormModal>
  );
}

/** The wards of the prison chosen above. */
function WardItem() {
  const t = useText();
  const prisonId = Form.useWatch<string | undefined>('prisonId');
  return <ChoiceItem name="wardId" label={t('people.ward')} options={usePlaces().wardsOf(prisonId)} required />;
}
