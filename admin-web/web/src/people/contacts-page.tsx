import { ContactKind, type ContactView, PersonState } from '@qinqiao/contracts';
import { type TableColumnsType, Tag } from 'antd';
import { useMemo } from 'react';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ContactForm } from './contact-form.tsx';
import { PeoplePage } from './people-page.tsx';
import type { DetailItem } from './person-drawer.tsx';
import { useChoices } from './use-choices.ts';

const form = (contact: ContactView | 'new', onClose: () => void, onSaved: () => void) => (
  <ContactForm contact={contact} onClose={onClose} onSaved={onSaved} />
);

export function ContactsPage() {
  const t = useText();
  const choices = useChoices();
  const columns = useMemo(() => columnsOf(t), [t]);
  return (
    <PeoplePage<ContactView>
      kind="contact"
      plural="contacts"
      title={t('people.contacts')}
      addText={t('people.addContact')}
      searchText={t('people.searchFamilies')}
      columns={columns}
      filters={{
        choices: [
          { name: 'kind', label: t('people.kind'), options: choices('contactKinds', ContactKind.options) },
          { name: 'state', label: t('people.state'), options: choices('states', PersonState.options) },
        ],
      }}
      list={(query) => api.listContacts({ query })}
      read={(id) => api.getContact({ params: { id } })}
      remove={(id) => api.deleteContact({ params: { id } })}
      details={(view) => detailOf(t, view)}
      form={form}
    />
  );
}

const state = (t: Translate, contact: ContactView) => (
  <Tag color={contact.state === 'active' ? 'green' : 'default'}>{t(`people.states.${contact.state}`)}</Tag>
);
const validity = ({ validFrom, validUntil }: ContactView) => (validFrom || validUntil ? `${validFrom ?? ''} – ${validUntil ?? ''}` : '');

const columnsOf = (t: Translate): TableColumnsType<ContactView> => [
  { title: t('people.kind'), key: 'kind', render: (_, contact) => t(`people.contactKinds.${contact.kind}`) },
  { title: t('people.organisation'), dataIndex: 'organisation' },
  { title: t('people.name'), dataIndex: 'name' },
  { title: t('people.idNumber'), dataIndex: 'idNumber', className: 'people-masked' },
  { title: t('people.phone'), dataIndex: 'phone', className: 'people-masked' },
  { title: t('people.validUntil'), key: 'validity', render: (_, contact) => validity(contact) },
  { title: t('people.state'), key: 'state', render: (_, contact) => state(t, contact) },
];

const detailOf = (t: Translate, contact: ContactView): DetailItem[] => [
  { label: t('people.kind'), value: t(`people.contactKinds.${contact.kind}`) },
  { label: t('people.organisation'), value: contact.organisation },
  { label: t('people.name'), value: contact.name },
  { label: t('people.idNumber'), value: contact.idNumber, masked: 'idNumber' },
  { label: t('people.phone'), value: contact.phone, masked: 'phone' },
  { label: t('people.purpose'), value: contact.purpose || null },
  { label: t('people.prison'), value: contact.prisonName },
  { label: t('people.validUntil'), value: validity(contact) || null },
  { label: t('people.state'), value: state(t, contact) },
];
