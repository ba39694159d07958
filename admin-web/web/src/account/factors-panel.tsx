import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { FactorView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Empty, Popconfirm, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { dayOf, momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Sm2Modal } from './sm2-modal.tsx';
import { TotpModal } from './totp-modal.tsx';

const KEY = ['my-factors'];
type Adding = 'totp' | 'key' | 'certificate';

export function FactorsPanel({ onAdded }: { onAdded: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState<Adding | null>(null);
  const { act } = useAct();
  const factors = useQuery({ queryKey: KEY, queryFn: () => api.listMyFactors() });
  const added = async () => {
    setAdding(null);
    await queries.invalidateQueries({ queryKey: KEY });
    onAdded();
  };
  const remove = async (id: string) => {
    await act(() => api.removeFactor({ params: { id } }), t('account.factorRemoved'));
    await queries.invalidateQueries({ queryKey: KEY });
  };
  const close = () => setAdding(null);
  return (
    <section className="panel account-panel">
      <h2>{t('account.factors')}</h2>
      <div className="account-panel-head">
        <span>{t('account.factorsHint')}</span>
        <Button icon={<PlusOutlined />} onClick={() => setAdding('totp')} data-testid="add-totp">
          {t('account.addTotp')}
        </Button>
        <Button icon={<PlusOutlined />} onClick={() => setAdding('key')} data-testid="add-sm2">
          {t('account.addSm2')}
        </Button>
        <Button icon={<PlusOutlined />} onClick={() => setAdding('certificate')} data-testid="add-certificate">
          {t('account.addCertificate')}
        </Button>
      </div>
      <Table<FactorView>
        rowKey="id"
        size="small"
        pagination={false}
        loading={factors.isPending}
        dataSource={factors.data?.items ?? []}
        columns={columnsOf(t, remove)}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('account.noFactors')} /> }}
      />
      {adding === 'totp' && <TotpModal onClose={close} onAdded={() => void added()} />}
      {(adding === 'key' || adding === 'certificate') && (
        <Sm2Modal certified={adding === 'certificate'} onClose={close} onAdded={() => void added()} />
      )}
    </section>
  );
}

function columnsOf(t: Translate, remove: (id: string) => Promise<void>): TableColumnsType<FactorView> {
  return [
    { title: t('account.factors'), dataIndex: 'kind', render: (kind: FactorView['kind']) => t(`account.kind.${kind}`) },
    {
      title: t('account.factorName'),
      dataIndex: 'name',
      render: (name: string, { certificate }) =>
        certificate ? `${name} · ${certificate.subject} · ${t('account.validUntil', { date: dayOf(certificate.validUntil) })}` : name,
    },
    { title: t('account.created'), dataIndex: 'createdAt', render: momentOf },
    { title: t('account.used'), dataIndex: 'usedAt', render: (at: string | null) => (at ? momentOf(at) : t('common.none')) },
    {
      title: t('common.actions'),
      key: 'actions',
      render: (_, { id }) => (
        <Popconfirm title={t('account.removeFactor')} onConfirm={() => void remove(id)}>
          <Button size="small" type="text" danger icon={<DeleteOutlined />}>
            {t('common.remove')}
          </Button>
        </Popconfirm>
      ),
    },
  ];
}
