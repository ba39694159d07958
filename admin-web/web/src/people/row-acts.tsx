import type { Permission, PersonKind } from '@qinqiao/contracts';
import { Button, Popconfirm, Space } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { BlockForm } from './block-form.tsx';

interface Props {
  kind: PersonKind;
  person: { id: string; name: string };
  permission: Permission;
  onOpen: () => void;
  onEdit: () => void;
  onDelete: () => Promise<unknown>;
}

/** What can be done with one person of a list. */
export function RowActs({ kind, person, permission, onOpen, onEdit, onDelete }: Props) {
  const t = useText();
  const { act } = useAct();
  const mayEdit = useAllowed(permission);
  const mayBlock = useAllowed('blocklist.edit');
  const [blocking, setBlocking] = useState(false);
  return (
    <Space size={0}>
      <Button type="link" size="small" onClick={onOpen} data-testid="person-open">
        {t('people.detail')}
      </Button>
      {mayEdit && (
        <Button type="link" size="small" onClick={onEdit} data-testid="person-edit">
          {t('common.edit')}
        </Button>
      )}
      {mayBlock && (
        <Button type="link" size="small" onClick={() => setBlocking(true)} data-testid="person-block">
          {t('people.block')}
        </Button>
      )}
      {mayEdit && (
        <Popconfirm
          title={t('people.deleteAsk')}
          styles={{ root: { maxWidth: 320 } }}
          onConfirm={() => void act(onDelete, t('common.done'))}
          okButtonProps={{ danger: true }}
        >
          <Button type="link" size="small" danger data-testid="person-delete">
            {t('common.remove')}
          </Button>
        </Popconfirm>
      )}
      {blocking && <BlockForm kind={kind} person={person} onClose={() => setBlocking(false)} />}
    </Space>
  );
}
