import { PlusOutlined } from '@ant-design/icons';
import type { PersonKind } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, type TableColumnsType } from 'antd';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { ExportButton } from './export-button.tsx';
import { type Filter, PeopleFilters } from './filters.tsx';
import { ImportLink } from './import-link.tsx';
import './people.css';
import { type DetailItem, PersonDrawer } from './person-drawer.tsx';
import { RowActs } from './row-acts.tsx';

interface Props<View extends { id: string; name: string }> {
  kind: PersonKind;
  /** Of the list: in addresses, files and test ids. */
  plural: 'inmates' | 'families' | 'contacts';
  title: string;
  addText: string;
  searchText: string;
  columns: TableColumnsType<View>;
  filters: Pick<ComponentProps<typeof PeopleFilters>, 'choices' | 'wards'>;
  list: (query: Filter & { cursor?: string }) => Promise<{ items: View[]; next: string | null }>;
  read: (id: string) => Promise<View>;
  remove: (id: string) => Promise<unknown>;
  details: (view: View) => DetailItem[];
  form: (editing: View | 'new', close: () => void, saved: () => void) => ReactNode;
}

/** A list of people of one kind with all that can be done with them: found, seen, added, edited, blocked, deleted, imported, exported. */
export function PeoplePage<View extends { id: string; name: string }>(props: Props<View>) {
  const { kind, plural, title, addText, searchText, columns, filters, list, read, remove, details, form } = props;
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed(`${kind}.edit`);
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const [editing, setEditing] = useState<View | 'new' | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: [plural] });
  const acts: TableColumnsType<View>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, person) => (
      <RowActs
        kind={kind}
        person={person}
        permission={`${kind}.edit`}
        onOpen={() => setOpen(person.id)}
        onEdit={() => setEditing(person)}
        onDelete={() => remove(person.id).then(reload)}
      />
    ),
  };
  return (
    <PageFrame
      title={title}
      testId={`${plural}-page`}
      actions={
        <>
          <ImportLink kind={plural} permission={`${kind}.import`} />
          <ExportButton kind={plural} permission={`${kind}.export`} filter={filter} />
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="person-add">
              {addText}
            </Button>
          )}
        </>
      }
      filters={<PeopleFilters value={filter} onChange={setFilter} placeholder={searchText} {...filters} />}
    >
      <DataTable<View>
        queryKey={[plural, filter]}
        read={(cursor) => list({ ...filter, ...(cursor ? { cursor } : {}) })}
        columns={[...columns, acts]}
        rowKey="id"
        rowTestId={`${kind}-row`}
        onOpen={(person) => setOpen(person.id)}
      />
      <PersonDrawer<View> kind={kind} id={open} onClose={() => setOpen(null)} read={read} items={details} />
      {editing &&
        form(
          editing,
          () => setEditing(null),
          () => void reload(),
        )}
    </PageFrame>
  );
}
