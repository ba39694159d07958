import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import type { OrgKind, OrgUnitView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Descriptions, Popconfirm, Tag } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { RoomsPanel } from './rooms-panel.tsx';
import { UnitForm, type UnitFormOf } from './unit-form.tsx';
import { ORG_KEY } from './use-org-units.ts';

type Addable = Exclude<OrgKind, 'bureau'>;
const ADDABLE: Record<OrgKind, readonly Addable[]> = { bureau: ['prison', 'office'], prison: ['ward', 'office'], ward: [], office: [] };

/** One unit: what it is, what can be done with it, and a prison's rooms. */
export function UnitPanel({ unit, onGone }: { unit: OrgUnitView; onGone: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const { act } = useAct();
  const mayEdit = useAllowed('organisation.edit');
  const [form, setForm] = useState<UnitFormOf | null>(null);
  const remove = async () => {
    if (!(await act(() => api.deleteOrgUnit({ params: { id: unit.id } }), t('organisation.removed')))) return;
    onGone();
    await queries.invalidateQueries({ queryKey: ORG_KEY });
  };
  return (
    <>
      <div className="org-unit-head">
        <h2>{unit.name}</h2>
        {mayEdit && (
          <>
            {ADDABLE[unit.kind].map((kind) => (
              <Button
                key={kind}
                icon={<PlusOutlined />}
                onClick={() => setForm({ add: kind, parentId: unit.id })}
                data-testid={`org-add-${kind}`}
              >
                {t(`organisation.add.${kind}`)}
              </Button>
            ))}
            <Button icon={<EditOutlined />} onClick={() => setForm({ edit: unit })} data-testid="org-edit">
              {t('common.edit')}
            </Button>
            {unit.kind !== 'bureau' && (
              <Popconfirm
                title={t('organisation.removeAsk', { name: unit.name })}
                onConfirm={() => void remove()}
                styles={{ root: { maxWidth: 360 } }}
              >
                <Button danger icon={<DeleteOutlined />} data-testid="org-remove">
                  {t('common.remove')}
                </Button>
              </Popconfirm>
            )}
          </>
        )}
      </div>
      <Descriptions
        column={2}
        size="small"
        bordered
        items={[
          { key: 'kind', label: t('organisation.kindLabel'), children: t(`organisation.kind.${unit.kind}`) },
          { key: 'code', label: t('organisation.code'), children: unit.code || t('common.none') },
          { key: 'sort', label: t('organisation.sort'), children: unit.sort },
          {
            key: 'state',
            label: t('organisation.state'),
            children: unit.enabled ? <Tag color="green">{t('organisation.on')}</Tag> : <Tag>{t('organisation.off')}</Tag>,
          },
        ]}
      />
      {unit.kind === 'prison' && <RoomsPanel prisonId={unit.id} mayEdit={mayEdit} />}
      <UnitForm of={form} onClose={() => setForm(null)} />
    </>
  );
}
