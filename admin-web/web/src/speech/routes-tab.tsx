import type { SpeechRoute } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Select, Space, Table, Tag, Typography, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { useEngines } from './use-engines.ts';

const KEY = ['speech-routes'];

/** Which engines hear a prison's calls, in which order. */
export function RoutesTab() {
  const t = useText();
  const mayEdit = useAllowed('speech.edit');
  const query = useQuery({ queryKey: KEY, queryFn: () => api.listSpeechRoutes() });
  const engines = useEngines().data?.items;
  const [edited, setEdited] = useState<SpeechRoute | null>(null);
  const nameOf = useMemo(() => new Map((engines ?? []).map(({ id, name }) => [id, name])), [engines]);
  const columns = useMemo<TableColumnsType<SpeechRoute>>(
    () => [
      {
        title: t('speech.prison'),
        key: 'prison',
        width: 240,
        render: (_, { prisonId, prisonName }) => (prisonId === 'bureau' ? <b>{t('speech.bureau')}</b> : prisonName),
      },
      { title: t('speech.order'), key: 'order', render: (_, route) => <Order route={route} nameOf={nameOf} /> },
      {
        title: t('common.actions'),
        key: 'actions',
        width: 120,
        render: (_, route) =>
          mayEdit && (
            <Button size="small" type="link" onClick={() => setEdited(route)} data-testid="speech-route-edit">
              {t('speech.editRoute')}
            </Button>
          ),
      },
    ],
    [mayEdit, nameOf, t],
  );
  if (query.isError && !query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <Alert type="info" showIcon title={t('speech.orderHint')} style={{ marginBottom: 12 }} />
      <Table<SpeechRoute>
        className="panel"
        size="middle"
        rowKey="prisonId"
        columns={columns}
        dataSource={query.data?.items ?? []}
        loading={query.isPending}
        pagination={false}
        onRow={() => ({ 'data-testid': 'speech-route-row' }) as object}
      />
      <RouteForm route={edited} options={[...nameOf].map(([value, label]) => ({ value, label }))} onClose={() => setEdited(null)} />
    </>
  );
}

function Order({ route: { prisonId, engines }, nameOf }: { route: SpeechRoute; nameOf: ReadonlyMap<string, string> }) {
  const t = useText();
  if (engines.length === 0) {
    return <Typography.Text type="secondary">{prisonId === 'bureau' ? t('speech.builtIn') : t('speech.inherited')}</Typography.Text>;
  }
  return (
    <Space size={4} wrap>
      {engines.map((id, index) => (
        <Tag key={id}>
          {index + 1}. {nameOf.get(id) ?? id}
        </Tag>
      ))}
    </Space>
  );
}

interface FormProps {
  route: SpeechRoute | null;
  options: { value: string; label: string }[];
  onClose: () => void;
}

function RouteForm({ route, options, onClose }: FormProps) {
  const t = useText();
  const queries = useQueryClient();
  const save = async ({ engines }: { engines?: string[] }) => {
    if (!route) return;
    await api.setSpeechRoute({ params: { id: route.prisonId }, body: { engines: engines ?? [], version: route.version } });
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <FormModal<{ engines?: string[] }>
      key={route?.prisonId ?? 'none'}
      title={t('speech.editRoute')}
      open={route !== null}
      onClose={onClose}
      onSave={save}
      initial={{ engines: route?.engines ?? [] }}
      testId="speech-route-form"
    >
      <Form.Item name="engines" label={t('speech.order')} extra={t('speech.orderHint')}>
        <Select mode="multiple" maxCount={10} options={options} data-testid="speech-route-engines" />
      </Form.Item>
    </FormModal>
  );
}
