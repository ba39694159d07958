import type { AllowView } from '@qinqiao/contracts';
import { Button, Text } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card, List, Problem, Row, Tag, type Tone } from '../../components/parts';
import { Screen } from '../../components/screen';
import { api, openPage } from '../../state/session';
import { useData } from '../../state/use-data';

const TONES: Record<AllowView['state'], Tone> = { pending: 'wait', active: 'good', refused: 'bad', withdrawn: 'plain', ended: 'plain' };

/** What one may do with which inmate, and until when. */
export default function Allowlist() {
  const { t } = useTranslation();
  const entries = useData(async () => (await api.listMyAllowlist()).items);
  return (
    <Screen title={t('svc.allowlist.title')} testId="allowlist-page">
      <Text className="lead">{t('svc.allowlist.lead')}</Text>
      <Button className="primary add" data-testid="apply" onClick={() => openPage('allow')}>
        {t('svc.allowlist.apply')}
      </Button>
      <List
        data={entries}
        empty={t('svc.allowlist.none')}
        renderItem={(entry) => <Entry key={entry.id} entry={entry} onDone={entries.reload} />}
      />
    </Screen>
  );
}

function Entry({ entry, onDone }: { entry: AllowView; onDone: () => void }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<unknown>(null);
  const { id, state, version } = entry;
  const withdraw = () => void api.withdrawAllowlist({ params: { id }, body: { version } }).then(onDone, setProblem);
  return (
    <Card testId="entry">
      <Text className="card-who">{entry.inmateName}</Text>
      <Tag tone={TONES[state]} text={t(`svc.states.${state}`)} />
      <Row label={t('svc.allowlist.kinds')} value={entry.kinds.map((kind) => t(`svc.kinds.${kind}`)).join(t('svc.comma'))} />
      <Row label={t('svc.validity')} value={`${entry.validFrom} – ${entry.validUntil}`} />
      <Row label={t('svc.reason')} value={entry.decision} />
      <Problem error={problem} />
      {state === 'pending' ? (
        <Button className="quiet" onClick={withdraw}>
          {t('svc.withdraw')}
        </Button>
      ) : null}
      {state === 'refused' || state === 'withdrawn' ? (
        <Button className="primary" data-testid="resubmit" onClick={() => openPage('allow', { id })}>
          {t('svc.resubmit')}
        </Button>
      ) : null}
    </Card>
  );
}
