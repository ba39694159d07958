import { EyeOutlined } from '@ant-design/icons';
import type { FamilyNumber } from '@qinqiao/contracts';
import { Button } from 'antd';
import { useState } from 'react';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ReasonForm } from './reason-form.tsx';

/** A masked number; who may, sees it in full after giving a reason. */
export function PhoneValue({ number: { id, phone } }: { number: FamilyNumber }) {
  const t = useText();
  const may = useAllowed('person.unmask');
  const [asking, setAsking] = useState(false);
  const [clear, setClear] = useState<string | null>(null);
  const show = async (reason: string) => setClear((await api.unmaskNumber({ params: { id }, body: { reason } })).phone);
  return (
    <span className="people-masked">
      {clear ?? phone}
      {may && clear === null && (
        <Button type="link" size="small" icon={<EyeOutlined />} aria-label={t('families.unmask')} onClick={() => setAsking(true)} />
      )}
      {asking && <ReasonForm title={t('families.unmask')} saveText={t('families.look')} onClose={() => setAsking(false)} onSave={show} />}
    </span>
  );
}
