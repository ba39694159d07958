import { PlusOutlined } from '@ant-design/icons';
import type { OfficerView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select, type TableColumnsType, Tag } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { SecretModal } from '../components/secret-modal.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { ExportButton } from '../people/export-button.tsx';
import { ImportLink } from '../people/import-link.tsx';
import { useOrgUnits } from '../organisation/use-org-units.ts';
import { roleName } from '../security/role-name.ts';
import { useRoles } from '../security/use-roles.ts';
import { api } from '../session/api.ts';
import { AccessForm } from './access-form.tsx';
import { OfficerForm } from './officer-form.tsx';
import { OfficerMenu } from './officer-menu.tsx';

const KEY = 'officers';
type Filter = { text?: string; prisonId?: string; enabled?: 'true' | 'false' };

/** Officers' accounts, and the way to what each may do and see. */
export function OfficersPage() {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('officer.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [edited, setEdited] = useState<OfficerView | 'new' | null>(null);
  const [granted, setGranted] = useState<OfficerView | null>(null);
  const [password, setPassword] = useState<string | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: [KEY] });
  const columns = useOfficerColumns(t, (officer) => (
    <OfficerMenu
      officer={officer}
      onEdit={() => setEdited(officer)}
      onAccess={() => setGranted(officer)}
      onPassword={setPassword}
      onChanged={() => void changed()}
    />
  ));
  return (
    <PageFrame
      title={t('organisation.officersTitle')}
      testId="officers-page"
      filters={<Filters filter={filter} onChange={setFilter} />}
      actions={
        <>
          <ImportLink kind="officers" permission="officer.import" />
          <ExportButton kind="officers" permission="officer.export" filter={filter} />
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')} data-testid="officer-add">
              {t('organisation.addOfficer')}
            </Button>
          )}
        </>
      }
    >
      <DataTable<OfficerView>
        queryKey={[KEY, filter]}
        read={(cursor) => api.listOfficers({ query: { limit: 50, cursor, ...filter } })}
        columns={columns}
        rowKey="id"
        rowTestId="officer-row"
        minWidth={1100}
      />
      <OfficerForm officer={edited} onClose={() => setEdited(null)} onPassword={setPassword} onSaved={() => void changed()} />
      <AccessForm officer={granted} onClose={() => setGranted(null)} onSaved={() => void changed()} />
      <SecretModal
        title={t('organisation.firstPassword')}
        text={t('organisation.firstPasswordText')}
        secret={password}
        onClose={() => setPassword(null)}
      />
    </PageFrame>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  const units = useOrgUnits();
  const places = (units.data?.items ?? []).filter(({ kind }) => kind === 'prison' || kind === 'bureau');
  const set = (change: { [Name in keyof Filter]: Filter[Name] | undefined }) =>
    onChange(Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value)) as Filter);
  return (
    <>
      <Input.Search
        allowClear
        placeholder={t('organisation.searchOfficers')}
        style={{ width: 300 }}
        maxLength={64}
        onSearch={(text) => set({ text: text.trim() })}
        data-testid="officer-search"
      />
      <Select
        allowClear
        style={{ width: 200 }}
        placeholder={t('organisation.allPrisons')}
        options={places.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(prisonId?: string) => set({ prisonId })}
      />
      <Select
        allowClear
        style={{ width: 140 }}
        placeholder={t('organisation.allStates')}
        options={[
          { value: 'true' as const, label: t('organisation.on') },
          { value: 'false' as const, label: t('organisation.off') },
        ]}
        onChange={(enabled?: 'true' | 'false') => set({ enabled })}
      />
    </>
  );
}

function useOfficerColumns(t: Translate, menu: (officer: OfficerView) => ReactNode): TableColumnsType<OfficerView> {
  const language = useLanguage();
  const roles = useRoles();
  return useMemo(() => {
    const nameOf = (id: string) => roleName(roles.data?.items.find((role) => role.id === id) ?? { id, name: id }, language);
    return [
      { title: t('organisation.account'), dataIndex: 'account', width: 150 },
      { title: t('organisation.officerName'), dataIndex: 'name', width: 140, render: (name: string) => <b>{name}</b> },
      { title: t('organisation.policeNumber'), dataIndex: 'policeNumber', width: 120 },
      {
        title: t('organisation.prison'),
        dataIndex: 'prisonName',
        width: 220,
        render: (name: string, { unitName }) => (unitName ? `${name} · ${unitName}` : name),
      },
      {
        title: t('organisation.roles'),
        dataIndex: 'roles',
        render: (ids: string[]) =>
          ids.length === 0 ? (
            <Tag>{t('organisation.none')}</Tag>
          ) : (
            ids.map((id) => (
              <Tag key={id} color="blue">
                {nameOf(id)}
              </Tag>
            ))
          ),
      },
      {
        title: t('organisation.factors'),
        dataIndex: 'factors',
        width: 110,
        render: (count: number) => (count > 0 ? count : t('common.none')),
      },
      {
        title: t('organisation.state'),
        dataIndex: 'enabled',
        width: 90,
        render: (enabled: boolean) => (enabled ? <Tag color="green">{t('organisation.on')}</Tag> : <Tag>{t('organisation.off')}</Tag>),
      },
      { title: t('common.actions'), key: 'actions', width: 90, fixed: 'right', render: (_, officer) => menu(officer) },
    ];
  }, [language, menu, roles.data, t]);
}
