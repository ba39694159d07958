import { ApartmentOutlined, BankOutlined, HomeOutlined, TeamOutlined } from '@ant-design/icons';
import type { OrgKind, OrgUnitView } from '@qinqiao/contracts';
import { Empty, Spin, Tag, Tree } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import './organisation.css';
import { type TreeNode, treeOf, useOrgUnits } from './use-org-units.ts';
import { UnitPanel } from './unit-panel.tsx';

const ICONS: Record<OrgKind, ReactNode> = {
  bureau: <BankOutlined />,
  prison: <ApartmentOutlined />,
  ward: <HomeOutlined />,
  office: <TeamOutlined />,
};

/** Bureau, prisons, wards and offices as a tree; what is chosen is edited beside it. */
export function OrganisationPage() {
  const t = useText();
  const units = useOrgUnits();
  const [chosen, setChosen] = useState<string | null>(null);
  const [folded, setFolded] = useState<string[]>([]);
  const items = useMemo(() => units.data?.items ?? [], [units.data]);
  const tree = useMemo(() => treeOf(items), [items]);
  const unit = items.find(({ id }) => id === chosen);
  if (units.isError && !units.data) return <ErrorView error={units.error} onRetry={() => void units.refetch()} />;
  return (
    <PageFrame title={t('organisation.title')} hint={<Tag>{t('organisation.hint')}</Tag>} testId="organisation-page">
      <div className="org">
        <section className="panel org-tree">
          {units.isPending ? (
            <Spin />
          ) : (
            <Tree
              blockNode
              expandedKeys={items.map(({ id }) => id).filter((id) => !folded.includes(id))}
              onExpand={(open) => setFolded(items.map(({ id }) => id).filter((id) => !open.includes(id)))}
              treeData={tree}
              selectedKeys={chosen ? [chosen] : []}
              onSelect={([key]) => setChosen(key === undefined ? null : String(key))}
              titleRender={renderTitle}
            />
          )}
        </section>
        <section className="panel org-unit">
          {unit ? <UnitPanel key={unit.id} unit={unit} onGone={() => setChosen(null)} /> : <Empty description={t('organisation.choose')} />}
        </section>
      </div>
    </PageFrame>
  );
}

const renderTitle = ({ unit }: TreeNode) => <UnitTitle unit={unit} />;

function UnitTitle({ unit }: { unit: OrgUnitView }) {
  const t = useText();
  return (
    <span className={unit.enabled ? 'org-title' : 'org-title off'} data-testid="org-unit">
      {ICONS[unit.kind]} {unit.name} {!unit.enabled && <Tag>{t('organisation.disabled')}</Tag>}
    </span>
  );
}
