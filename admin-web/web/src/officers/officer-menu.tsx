import { MoreOutlined } from '@ant-design/icons';
import type { OfficerView } from '@qinqiao/contracts';
import { App, Button, Dropdown, type MenuProps } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useAllowed, useOfficer } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  officer: OfficerView;
  onEdit: () => void;
  onAccess: () => void;
  onPassword: (password: string) => void;
  onChanged: () => void;
}

/** What can be done with one account, as far as the officer's own rights go. */
export function OfficerMenu({ officer, onEdit, onAccess, onPassword, onChanged }: Props) {
  const t = useText();
  const { modal } = App.useApp();
  const { act } = useAct();
  const me = useOfficer();
  const mayEdit = useAllowed('officer.edit');
  const maySee = useAllowed('role.read');
  const mayReset = useAllowed('factor.reset');
  const own = me?.id === officer.id;
  const params = { id: officer.id };
  const ask = (text: string, run: () => Promise<unknown>) =>
    void modal.confirm({ title: text, okButtonProps: { danger: true, 'data-testid': 'officer-confirm' }, onOk: run });
  const enable = () =>
    act(() => api.enableOfficer({ params, body: { enabled: !officer.enabled, version: officer.version } }), t('common.done'));
  const resetPassword = () => act(async () => onPassword((await api.resetPassword({ params })).password));
  const resetFactors = () => act(() => api.resetFactors({ params }), t('organisation.factorsReset'));
  const acts: Record<string, () => void> = {
    edit: onEdit,
    access: onAccess,
    enable: () => ask(t(officer.enabled ? 'organisation.disableAsk' : 'organisation.enableAsk'), () => enable().then(onChanged)),
    password: () => ask(t('organisation.resetPasswordAsk'), () => resetPassword().then(onChanged)),
    factors: () => ask(t('organisation.resetFactorsAsk'), () => resetFactors().then(onChanged)),
  };
  const items: MenuProps['items'] = [
    ...(mayEdit ? [{ key: 'edit', label: t('common.edit') }] : []),
    ...(maySee ? [{ key: 'access', label: t('organisation.access') }] : []),
    ...(mayEdit && !own ? [{ key: 'password', label: t('organisation.resetPassword') }] : []),
    ...(mayReset && !own ? [{ key: 'factors', label: t('organisation.resetFactors') }] : []),
    ...(mayEdit && !own
      ? [{ key: 'enable', label: t(officer.enabled ? 'common.disable' : 'common.enable'), danger: officer.enabled }]
      : []),
  ];
  if (items.length === 0) return null;
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => acts[key]?.() }}>
      <Button size="small" icon={<MoreOutlined />} aria-label={t('common.actions')} data-testid="officer-menu" />
    </Dropdown>
  );
}
