import { ContactKind, type ContactView, PersonState, type RestInput } from '@qinqiao/contracts';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ChoiceItem, DayItem, PersonalItem, PrisonItem, TextItem, typed } from './fields.tsx';
import { useChoices } from './use-choices.ts';
import { usePlaces } from './use-places.ts';

type Values = RestInput<'addContact'>['body'];
interface Props {
  contact: ContactView | 'new';
  onClose: () => void;
  onSaved: () => void;
}

/** Somebody of an agency, or a social helper. */
export function ContactForm({ contact, onClose, onSaved }: Props) {
  const t = useText();
  const choices = useChoices();
  const { prisons } = usePlaces();
  const old = contact === 'new' ? null : contact;
  const only = prisons.length === 1 ? { prisonId: prisons[0]?.value ?? '' } : {};
  const { idNumber: _masked, ...shown } = old ?? {};
  const initial: Partial<Values> = old ? { ...shown, phone: undefined } : { kind: 'agency', state: 'active', ...only };
  const save = async (values: Values) => {
    if (!old) await api.addContact({ body: values });
    else {
      const personal = { idNumber: typed(values.idNumber), phone: typed(values.phone) };
      await api.changeContact({ params: { id: old.id }, body: { ...values, ...personal, version: old.version } });
    }
    onSaved();
  };
  return (
    <FormModal<Values>
      title={t(old ? 'people.editContact' : 'people.addContact')}
      open
      onClose={onClose}
      onSave={save}
      initial={initial}
      testId="contact-form"
    >
      <ChoiceItem name="kind" label={t('people.kind')} options={choices('contactKinds', ContactKind.options)} required />
      <TextItem name="organisation" label={t('people.organisation')} required max={100} />
      <TextItem name="name" label={t('people.name')} required />
      <PersonalItem name="idNumber" label={t('people.idNumber')} masked={old?.idNumber} required />
      <PersonalItem name="phone" label={t('people.phone')} masked={old?.phone} />
      <TextItem name="purpose" label={t('people.purpose')} max={200} />
      {!old && <PrisonItem label={t('people.prison')} />}
      <DayItem name="validFrom" label={t('people.validFrom')} />
      <DayItem name="validUntil" label={t('people.validUntil')} />
      <ChoiceItem name="state" label={t('people.state')} options={choices('states', PersonState.options)} />
    </FormModal>
  );
}
