import type { EvidenceView } from '@qinqiao/contracts';
import { Descriptions, Typography } from 'antd';
import { formatBytes, momentOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';

/** When and where it was sealed, and what identifies it. */
export function SealFacts({ view: { seal, keyFingerprint } }: { view: EvidenceView }) {
  const t = useText();
  if (seal.sealedAt === null || seal.manifestSm3 === null) return null;
  const items = [
    { label: t('evidence.sealedAt'), children: momentOf(seal.sealedAt) },
    { label: t('evidence.place'), children: seal.store ? t(`evidence.stores.${seal.store}`) : t('common.none') },
    { label: t('evidence.size'), children: formatBytes(seal.storedBytes) },
    {
      label: t('evidence.manifest'),
      children: (
        <Typography.Text code copyable className="evidence-hash">
          {seal.manifestSm3}
        </Typography.Text>
      ),
      span: 3,
    },
    {
      label: t('evidence.fingerprint'),
      children: (
        <Typography.Text code copyable title={t('evidence.fingerprintHint')} data-testid="evidence-fingerprint">
          {keyFingerprint}
        </Typography.Text>
      ),
      span: 3,
    },
  ];
  return <Descriptions size="small" column={3} items={items.map((item) => ({ key: item.label, ...item }))} />;
}
