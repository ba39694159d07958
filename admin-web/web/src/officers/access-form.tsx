import type { DataScope, OfficerView, RestOutput } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Form, Radio, Select, Spin, TreeSelect } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { treeOf, useOrgUnits } from '../organisation/use-org-units.ts';
import { roleName } from '../security/role-name.ts';
import { useRoles } from '../security/use-roles.ts';
import { api } from '../session/api.ts';

type Access = RestOutput<'getAccess'>;
interface Values {
  roles: string[];
  kind: DataScope['kind'];
  prisons?: string[];
  wards?: string[];
}
interface Props {
  officer: OfficerView | null;
  onClose: () => void;
  onSaved: () => void;
}

/** What an officer may do and which rows he sees. */
export function AccessForm(props: Props) {
  const { officer } = props;
  const access = useQuery({
    queryKey: ['access', officer?.id],
    queryFn: () => api.getAccess({ params: { id: officer?.id ?? '' } }),
    enabled: officer !== null,
    gcTime: 0,
    staleTime: 0,
  });
  if (!officer) return null;
  if (access.isFetching || !access.data) return <Spin fullscreen />;
  return <Loaded key={access.data.version} {...props} officer={officer} access={access.data} />;
}

function Loaded({ officer, access, onClose, onSaved }: Props & { officer: OfficerView; access: Access }) {
  const t = useText();
  const language = useLanguage();
  const mayAssign = useAllowed('access.assign');
  const roles = useRoles().data?.items ?? [];
  const save = async (values: Values) => {
    if (!mayAssign) return;
    await api.setAccess({ params: { id: officer.id }, body: { roles: values.roles, scope: scopeOf(values), version: access.version } });
    onSaved();
  };
  const options = roles.map((role) => ({ value: role.id, label: `${roleName(role, language)} · ${t(`security.duties.${role.duty}`)}` }));
  return (
    <FormModal<Values>
      title={`${t('organisation.access')} · ${officer.name}`}
      open
      onClose={onClose}
      onSave={save}
      testId="access-form"
      initial={valuesOf(access)}
    >
      <Form.Item name="roles" label={t('organisation.roles')}>
        <Select mode="multiple" disabled={!mayAssign} options={options} optionFilterProp="label" data-testid="access-roles" />
      </Form.Item>
      <ScopeFields disabled={!mayAssign} />
    </FormModal>
  );
}

function ScopeFields({ disabled }: { disabled: boolean }) {
  const t = useText();
  const kind = Form.useWatch<Values['kind'] | undefined>('kind');
  const units = useOrgUnits().data?.items ?? [];
  const required = [{ required: true, message: t('common.required') }];
  return (
    <>
      <Form.Item name="kind" label={t('security.scope')} rules={required}>
        <Radio.Group disabled={disabled} data-testid="access-scope">
          {(['bureau', 'prisons', 'wards', 'own'] as const).map((value) => (
            <Radio key={value} value={value}>
              {t(`security.scopes.${value}`)}
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      {kind === 'prisons' && (
        <Form.Item name="prisons" label={t('security.prisons')} rules={required}>
          <Select
            mode="multiple"
            disabled={disabled}
            optionFilterProp="label"
            options={units.filter((unit) => unit.kind === 'prison').map(({ id, name }) => ({ value: id, label: name }))}
            data-testid="access-prisons"
          />
        </Form.Item>
      )}
      {kind === 'wards' && (
        <Form.Item name="wards" label={t('security.wards')} rules={required}>
          <TreeSelect
            multiple
            treeDefaultExpandAll
            disabled={disabled}
            treeData={treeOf(units, (unit) => unit.kind === 'ward' || (unit.kind === 'office' && unit.parentId !== null))}
          />
        </Form.Item>
      )}
    </>
  );
}

const valuesOf = ({ roles, scope }: Access): Values => ({
  roles,
  kind: scope.kind,
  ...(scope.kind === 'prisons' ? { prisons: scope.ids } : {}),
  ...(scope.kind === 'wards' ? { wards: scope.ids } : {}),
});

function scopeOf({ kind, prisons = [], wards = [] }: Values): DataScope {
  if (kind === 'prisons') return { kind, ids: prisons };
  if (kind === 'wards') return { kind, ids: wards };
  return { kind };
}
