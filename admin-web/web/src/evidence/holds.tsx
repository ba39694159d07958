import type { LegalHold } from '@qinqiao/contracts';
import { Button } from 'antd';
import { momentOf } from '../components/format.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';

/** Legal holds, also those that were lifted. */
export function Holds({ holds, onLift }: { holds: LegalHold[]; onLift: (holdId: string) => void }) {
  const t = useText();
  const mayHold = useAllowed('recording.hold');
  if (holds.length === 0) return null;
  return (
    <div className="evidence-part">
      <h4>{t('evidence.holds')}</h4>
      <ul className="evidence-list">
        {holds.map((hold) => (
          <li key={hold.id} data-testid="hold" className={hold.liftedAt === null ? undefined : 'muted'}>
            <b>{hold.reason}</b> {t('evidence.placedBy', { name: hold.placedName, when: momentOf(hold.placedAt) })}
            {hold.liftedAt === null
              ? mayHold && (
                  <Button type="link" size="small" onClick={() => onLift(hold.id)} data-testid="hold-lift">
                    {t('evidence.lift')}
                  </Button>
                )
              : ` · ${t('evidence.liftedBy', { name: hold.liftedName ?? '', when: momentOf(hold.liftedAt), reason: hold.liftReason ?? '' })}`}
          </li>
        ))}
      </ul>
    </div>
  );
}
