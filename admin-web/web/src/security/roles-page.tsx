import { PlusOutlined } from '@ant-design/icons';
import type { RoleView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Space, Table, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { RoleForm } from './role-form.tsx';
import { roleName } from './role-name.ts';
import { ROLES_KEY, useRoles } from './use-roles.ts';

/** Roles and the permissions they are made of. */
export function RolesPage() {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const { act } = useAct();
  const mayEdit = useAllowed('role.edit');
  const roles = useRoles();
  const [shown, setShown] = useState<RoleView | 'new' | null>(null);
  const columns = useMemo<TableColumnsType<RoleView>>(() => {
    const remove = async (id: string) => {
      await act(() => api.deleteRole({ params: { id } }), t('common.done'));
      await queries.invalidateQueries({ queryKey: ROLES_KEY });
    };
    return [
      {
        title: t('security.role'),
        dataIndex: 'name',
        render: (_, role) => (
          <Space>
            <b>{roleName(role, language)}</b>
            {role.builtIn && <Tag>{t('security.builtIn')}</Tag>}
          </Space>
        ),
      },
      { title: t('security.duty'), dataIndex: 'duty', width: 160, render: (duty: RoleView['duty']) => t(`security.duties.${duty}`) },
      { title: t('security.permissions'), dataIndex: 'permissions', width: 130, render: (names: string[]) => names.length },
      { title: t('security.holders'), dataIndex: 'holders', width: 110 },
      {
        title: t('common.actions'),
        key: 'actions',
        width: 200,
        render: (_, role) => (
          <Space>
            <Button size="small" onClick={() => setShown(role)} data-testid="role-open">
              {t(mayEdit && !role.builtIn ? 'common.edit' : 'security.showRole')}
            </Button>
            {mayEdit && !role.builtIn && (
              <Popconfirm title={t('security.removeAsk', { name: role.name })} onConfirm={() => void remove(role.id)}>
                <Button size="small" danger type="text">
                  {t('common.remove')}
                </Button>
              </Popconfirm>
            )}
          </Space>
        ),
      },
    ];
  }, [act, language, mayEdit, queries, t]);
  return (
    <PageFrame
      title={t('security.rolesTitle')}
      hint={<Tag>{t('security.rolesHint')}</Tag>}
      testId="roles-page"
      actions={
        mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setShown('new')} data-testid="role-add">
            {t('security.addRole')}
          </Button>
        )
      }
    >
      {roles.isError && !roles.data ? (
        <ErrorView error={roles.error} onRetry={() => void roles.refetch()} />
      ) : (
        <Table<RoleView>
          className="panel"
          rowKey="id"
          pagination={false}
          loading={roles.isPending}
          dataSource={roles.data?.items ?? []}
          columns={columns}
          scroll={{ x: 'max-content' }}
        />
      )}
      <RoleForm role={shown} readOnly={!mayEdit || (shown !== 'new' && (shown?.builtIn ?? true))} onClose={() => setShown(null)} />
    </PageFrame>
  );
}
