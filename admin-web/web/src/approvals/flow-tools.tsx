import { errorText } from '@qinqiao/client-sdk';
import { type FlowSummary, QinqiaoError } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useAct } from '../components/use-act.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { FLOWS } from './keys.ts';

interface Props {
  flow: FlowSummary;
  prisons: { id: string; name: string }[];
}

/** Copying a flow to other prisons, and taking it out of use. */
export function FlowTools({ flow, prisons }: Props) {
  const t = useText();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const [copying, setCopying] = useState(false);
  const retire = async () => {
    await act(() => api.retireFlow({ params: { id: flow.id } }), t('approvals.flows.retired'));
    await queries.invalidateQueries({ queryKey: FLOWS });
  };
  const others = prisons.filter(({ id }) => id !== flow.prisonId);
  return (
    <>
      {others.length > 0 && (
        <Button size="small" onClick={() => setCopying(true)} data-testid="flow-copy">
          {t('approvals.flows.copy')}
        </Button>
      )}
      {flow.published && (
        <Popconfirm
          title={t('approvals.flows.retireTitle', { name: flow.name })}
          description={t('approvals.flows.retireText')}
          onConfirm={() => void retire()}
        >
          <Button size="small" danger loading={busy} data-testid="flow-retire">
            {t('approvals.flows.retire')}
          </Button>
        </Popconfirm>
      )}
      <CopyForm flow={flow} prisons={others} open={copying} onClose={() => setCopying(false)} />
    </>
  );
}

function CopyForm({ flow, prisons, open, onClose }: Props & { open: boolean; onClose: () => void }) {
  const t = useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const nameOf = new Map(prisons.map(({ id, name }) => [id, name]));
  const copy = async ({ prisonIds }: { prisonIds: string[] }) => {
    const version = flow.published?.version ?? flow.latest;
    const { items } = await api.copyFlow({ params: { id: flow.id }, body: { version, prisonIds } });
    await queries.invalidateQueries({ queryKey: FLOWS });
    const done = items.filter(({ ok }) => ok).length;
    if (done > 0) message.success(t('approvals.flows.copied', { count: done }));
    for (const item of items) {
      if (item.ok) continue;
      const reason = errorText(QinqiaoError.fromBody(item.error), language);
      message.warning({
        content: t('approvals.flows.copyFailed', { prison: nameOf.get(item.prisonId) ?? item.prisonId, reason }),
        duration: 8,
      });
    }
  };
  return (
    <FormModal<{ prisonIds: string[] }>
      open={open}
      onClose={onClose}
      title={t('approvals.flows.copy')}
      onSave={copy}
      saveText={t('approvals.flows.copyTo')}
    >
      <Form.Item
        name="prisonIds"
        label={t('approvals.flows.copyTo')}
        extra={t('approvals.flows.copyHint')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Select
          mode="multiple"
          maxCount={50}
          showSearch={{ optionFilterProp: 'label' }}
          options={prisons.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
    </FormModal>
  );
}
