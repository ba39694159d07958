import type { ClientView, DataScope } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Form, Input, InputNumber, Radio, Select, Switch } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { useOrgUnits } from '../organisation/use-org-units.ts';
import { api } from '../session/api.ts';

interface Values {
  name: string;
  contact: string;
  enabled: boolean;
  addresses: string[];
  interfaces: string[];
  kind: 'bureau' | 'prisons';
  prisons?: string[];
  perMinute: number;
  perDay: number;
}
interface Props {
  client: ClientView | 'new' | null;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}
const FRESH: Partial<Values> = { enabled: true, addresses: [], interfaces: [], kind: 'prisons', perMinute: 60, perDay: 10_000 };

/** Who a third party is and what it may ask. */
export function ClientForm({ client, onClose, onSaved }: Props) {
  const t = useText();
  const old = client === 'new' ? null : client;
  const save = async ({ kind, prisons = [], ...rest }: Values) => {
    const scope: DataScope = kind === 'bureau' ? { kind } : { kind, ids: prisons };
    if (old) await api.updateClient({ params: { id: old.id }, body: { ...rest, scope, version: old.version } });
    else await api.createClient({ body: { ...rest, scope } });
    await onSaved();
  };
  const fieldText = (field: string, reason: string) =>
    field.startsWith('addresses') ? t('clients.addressWrong') : field === 'name' ? t('clients.taken') : reason;
  return (
    <FormModal<Values>
      key={old?.id ?? 'new'}
      title={old ? t('clients.editTitle') : t('clients.add')}
      open={client !== null}
      onClose={onClose}
      onSave={save}
      initial={old ? valuesOf(old) : FRESH}
      fieldText={fieldText}
      testId="client-form"
    >
      <Fields />
    </FormModal>
  );
}

const valuesOf = ({ scope, ...client }: ClientView): Partial<Values> => ({
  ...client,
  kind: scope.kind === 'prisons' ? 'prisons' : 'bureau',
  ...(scope.kind === 'prisons' ? { prisons: scope.ids } : {}),
});

function Fields() {
  const t = useText();
  const kind = Form.useWatch<Values['kind'] | undefined>('kind');
  const { data: interfaces } = useQuery({ queryKey: ['client-interfaces'], queryFn: () => api.listClientInterfaces(), staleTime: 600_000 });
  const units = useOrgUnits().data?.items ?? [];
  const required = [{ required: true, message: t('common.required') }];
  return (
    <>
      <Form.Item name="name" label={t('clients.name')} rules={required}>
        <Input maxLength={64} data-testid="client-name" />
      </Form.Item>
      <Form.Item name="contact" label={t('clients.contact')} rules={required}>
        <Input maxLength={128} data-testid="client-contact" />
      </Form.Item>
      <Form.Item name="enabled" label={t('clients.enabled')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="interfaces" label={t('clients.interfaces')}>
        <Select
          mode="multiple"
          options={(interfaces?.items ?? []).map(({ name, method, path }) => ({
            value: name,
            label: `${name} · ${method.toUpperCase()} ${path}`,
          }))}
          data-testid="client-interfaces"
        />
      </Form.Item>
      <Form.Item name="kind" label={t('clients.scope')} rules={required}>
        <Radio.Group>
          {(['prisons', 'bureau'] as const).map((value) => (
            <Radio key={value} value={value}>
              {t(`clients.scopes.${value}`)}
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      {kind === 'prisons' && (
        <Form.Item name="prisons" label={t('clients.prisons')} rules={required}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={units.filter((unit) => unit.kind === 'prison').map(({ id, name }) => ({ value: id, label: name }))}
            data-testid="client-prisons"
          />
        </Form.Item>
      )}
      <Form.Item name="addresses" label={t('clients.addresses')} extra={t('clients.addressesHint')}>
        <Select mode="tags" open={false} suffixIcon={null} maxCount={32} tokenSeparators={[' ', ',', '，']} />
      </Form.Item>
      <Form.Item name="perMinute" label={t('clients.perMinute')} rules={required}>
        <InputNumber min={1} max={100_000} precision={0} />
      </Form.Item>
      <Form.Item name="perDay" label={t('clients.perDay')} rules={required}>
        <InputNumber min={1} max={10_000_000} precision={0} />
      </Form.Item>
    </>
  );
}
