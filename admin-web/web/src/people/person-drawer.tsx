import type { MaskedField, PersonKind } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Descriptions, Drawer, Spin } from 'antd';
import type { ReactNode } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { useText } from '../i18n/index.ts';
import { MaskedValue } from './masked-value.tsx';

export interface DetailItem {
  label: string;
  value: ReactNode;
  /** The value is masked and can be asked for in full. */
  masked?: MaskedField;
}

interface Props<View extends { id: string; name: string }> {
  kind: PersonKind;
  id: string | null;
  onClose: () => void;
  read: (id: string) => Promise<View>;
  items: (view: View) => DetailItem[];
}

/** One person in full, asked for anew: looking is recorded. */
export function PersonDrawer<View extends { id: string; name: string }>({ kind, id, onClose, read, items }: Props<View>) {
  const t = useText();
  const query = useQuery({
    queryKey: ['person', kind, id],
    queryFn: () => read(id ?? ''),
    enabled: id !== null,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const view = query.data;
  return (
    <Drawer
      title={view?.name ?? t('people.detail')}
      open={id !== null}
      onClose={onClose}
      size={520}
      destroyOnHidden
      data-testid="person-drawer"
    >
      {query.isPending && <Spin />}
      {query.isError && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {view && (
        <Descriptions
          column={1}
          size="small"
          bordered
          items={items(view).map(({ label, value, masked }) => ({
            key: label,
            label,
            children: masked ? (
              <MaskedValue kind={kind} id={view.id} field={masked} masked={typeof value === 'string' ? value : ''} />
            ) : (
              (value ?? t('common.none'))
            ),
          }))}
        />
      )}
    </Drawer>
  );
}
