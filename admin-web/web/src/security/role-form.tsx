import { Duty, type Permission, PERMISSIONS, type RoleView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Checkbox, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { roleName } from './role-name.ts';
import { ROLES_KEY } from './use-roles.ts';

type OneDuty = RoleView['duty'];
interface Values {
  name: string;
  permissions: Permission[];
}

/** A role's name and permissions; those of one duty can be chosen, with what is common to all. */
export function RoleForm({ role, readOnly, onClose }: { role: RoleView | 'new' | null; readOnly: boolean; onClose: () => void }) {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const old = role === 'new' ? null : role;
  const [chosen, setDuty] = useState<OneDuty>('business');
  const duty = old?.duty ?? chosen;
  const save = async (values: Values) => {
    if (readOnly) return;
    if (old) await api.editRole({ params: { id: old.id }, body: { ...values, version: old.version } });
    else await api.addRole({ body: values });
    await queries.invalidateQueries({ queryKey: ROLES_KEY });
  };
  const duties = Duty.options.filter((name): name is OneDuty => name !== 'common');
  return (
    <FormModal<Values>
      title={t(readOnly ? 'security.showRole' : old ? 'security.editRole' : 'security.addRole')}
      open={role !== null}
      onClose={onClose}
      onSave={save}
      width={560}
      testId="role-form"
      initial={{ name: old ? roleName(old, language) : '', permissions: old?.permissions ?? [] }}
    >
      <Form.Item name="name" label={t('security.roleName')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input maxLength={64} disabled={readOnly} data-testid="role-name" />
      </Form.Item>
      {!old && (
        <Form.Item label={t('security.duty')}>
          <Segmented
            block
            value={duty}
            onChange={setDuty}
            options={duties.map((value) => ({ value, label: t(`security.duties.${value}`) }))}
          />
        </Form.Item>
      )}
      <Form.Item
        name="permissions"
        label={t('security.permissions')}
        rules={[{ required: true, message: t('security.permissionsRequired') }]}
      >
        <PermissionBoxes duty={duty} readOnly={readOnly} />
      </Form.Item>
    </FormModal>
  );
}

interface Boxes {
  duty: OneDuty;
  readOnly: boolean;
  value?: Permission[];
  onChange?: (value: Permission[]) => void;
}

function PermissionBoxes({ duty, readOnly, value = [], onChange }: Boxes) {
  const t = useText();
  const language = useLanguage();
  const names = (Object.keys(PERMISSIONS) as Permission[]).filter((name) => [duty, 'common'].includes(PERMISSIONS[name].duty));
  const groups = [...new Set(names.map((name) => PERMISSIONS[name].group))];
  const change = (group: Permission[], chosen: Permission[]) => {
    onChange?.([...value.filter((name) => !group.includes(name) && names.includes(name)), ...chosen]);
  };
  return (
    <div className="permission-boxes">
      {groups.map((group) => {
        const members = names.filter((name) => PERMISSIONS[name].group === group);
        return (
          <fieldset key={group}>
            <legend>{t(`security.groups.${group}`)}</legend>
            <Checkbox.Group
              disabled={readOnly}
              value={value.filter((name) => members.includes(name))}
              onChange={(chosen) => change(members, chosen)}
              options={members.map((name) => ({ value: name, label: PERMISSIONS[name][language] }))}
            />
          </fieldset>
        );
      })}
    </div>
  );
}
