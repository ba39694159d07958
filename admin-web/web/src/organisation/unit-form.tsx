import type { OrgKind, OrgUnitView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Form, Input, InputNumber, Switch, TreeSelect } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ORG_KEY, treeOf, useOrgUnits } from './use-org-units.ts';

export type UnitFormOf = { edit: OrgUnitView } | { add: Exclude<OrgKind, 'bureau'>; parentId: string };
interface Values {
  name: string;
  code: string;
  sort: number;
  parentId: string | null;
  enabled: boolean;
}

const PARENTS: Record<OrgKind, readonly OrgKind[]> = { bureau: [], prison: ['bureau'], ward: ['prison'], office: ['bureau', 'prison'] };

/** Adds a unit below another, or edits, moves, enables and disables one. */
export function UnitForm({ of, onClose }: { of: UnitFormOf | null; onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const units = useOrgUnits();
  const old = of && 'edit' in of ? of.edit : null;
  const kind = of && 'add' in of ? of.add : (old?.kind ?? 'ward');
  const save = async ({ name, code, sort, parentId, enabled }: Values) => {
    if (of && 'add' in of) await api.addOrgUnit({ body: { name, code, sort, kind: of.add, parentId: of.parentId } });
    else if (old) {
      const place = old.kind === 'bureau' ? null : parentId;
      await api.editOrgUnit({ params: { id: old.id }, body: { name, code, sort, parentId: place, enabled, version: old.version } });
    }
    await queries.invalidateQueries({ queryKey: ORG_KEY });
  };
  const parents = treeOf(units.data?.items ?? [], (unit) => PARENTS[kind].includes(unit.kind) && unit.enabled);
  return (
    <FormModal<Values>
      title={old ? t('organisation.edit') : t(`organisation.add.${kind === 'bureau' ? 'prison' : kind}`)}
      open={of !== null}
      onClose={onClose}
      onSave={save}
      testId="org-form"
      initial={old ?? { name: '', code: '', sort: 0, enabled: true }}
    >
      <Form.Item name="name" label={t('organisation.name')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input maxLength={64} data-testid="org-name" />
      </Form.Item>
      <Form.Item name="code" label={t('organisation.code')}>
        <Input maxLength={32} data-testid="org-code" />
      </Form.Item>
      <Form.Item name="sort" label={t('organisation.sort')} rules={[{ required: true, message: t('common.required') }]}>
        <InputNumber min={0} max={9999} precision={0} />
      </Form.Item>
      {old && old.kind !== 'bureau' && (
        <Form.Item name="parentId" label={t('organisation.parent')} rules={[{ required: true, message: t('common.required') }]}>
          <TreeSelect treeDefaultExpandAll treeData={parents} />
        </Form.Item>
      )}
      {old && (
        <Form.Item name="enabled" label={t('organisation.enabled')} valuePropName="checked">
          <Switch data-testid="org-enabled" />
        </Form.Item>
      )}
    </FormModal>
  );
}
