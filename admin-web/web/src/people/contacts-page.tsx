import { PlusOutlined } from '@ant-design/icons';
import { ContactKind, type ContactView, PersonState } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ContactForm } from './contact-form.tsx';
import { ExportButton } from './export-button.tsx';
import { type Filter, PeopleFilters } from './filters.tsx';
import { ImportLink } from './import-link.tsx';
import './people.css';
import { type DetailItem, PersonDrawer } from './person-drawer.tsx';
import { RowActs } from './row-acts.tsx';
import { useChoices } from './use-choices.ts';

export function ContactsPage() {
  const t = useText();
  const choices = useChoices();
  const queries = useQueryClient();
  const mayEdit = useAllowed('contact.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const [editing, setEditing] = useState<ContactView | 'new' | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ['contacts'] });
  const columns = useMemo(() => columnsOf(t), [t]);
  const acts: TableColumnsType<ContactView>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, contact) => (
      <RowActs
        kind="contact"
        person={contact}
        permission="contact.edit"
        onOpen={() => setOpen(contact.id)}
        onEdit={() => setEditing(contact)}
        onDelete={() => api.deleteContact({ params: { id: contact.id } }).then(reload)}
      />
    ),
  };
  return (
    <PageFrame
      title={t('people.contacts')}
      testId="contacts-page"
      actions={
        <>
          <ImportLink kind="contacts" permission="contact.import" />
          <ExportButton kind="contacts" permission="contact.export" filter={filter} />
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="person-add">
              {t('people.addContact')}
            </Button>
          )}
        </>
      }
      filters={
        <PeopleFilters
          value={filter}
          onChange={setFilter}
          placeholder={t('people.searchFamilies')}
          choices={[
            { name: 'kind', label: t('people.kind'), options: choices('contactKinds', ContactKind.options) },
            { name: 'state', label: t('people.state'), options: choices('states', PersonState.options) },
          ]}
        />
      }
    >
      <DataTable<ContactView>
        queryKey={['contacts', filter]}
        read={(cursor) => api.listContacts({ query: { ...filter, ...(cursor ? { cursor } : {}) } })}
        columns={[...columns, acts]}
        rowKey="id"
        rowTestId="contact-row"
        onOpen={(contact) => setOpen(contact.id)}
      />
      <PersonDrawer<ContactView>
        kind="contact"
        id={open}
        onClose={() => setOpen(null)}
        read={(id) => api.getContact({ params: { id } })}
        items={(contact) => detailOf(t, contact)}
      />
      {editing && <ContactForm contact={editing} onClose={() => setEditing(null)} onSaved={() => void reload()} />}
    </PageFrame>
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
