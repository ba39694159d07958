import type { CompanionView } from '@qinqiao/contracts';
import { Button, Text } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Ask, Card, List, Problem, Row, Tag } from '../../components/parts';
import { Screen } from '../../components/screen';
import { LINK_TONES } from '../../components/tones';
import { language } from '../../i18n';
import { api, openPage } from '../../state/session';
import { useData } from '../../state/use-data';

/** Who may come along, and what became of requests. */
export default function Companions() {
  const { t } = useTranslation();
  const companions = useData(async () => (await api.listMyCompanions()).items);
  return (
    <Screen title={t('svc.companions.title')} testId="companions-page">
      <List
        data={companions}
        empty={t('svc.companions.none')}
        renderItem={(companion) => <CompanionCard key={companion.id} companion={companion} onDone={companions.reload} />}
      />
      <Button className="primary add" data-testid="add-companion" onClick={() => openPage('companion')}>
        {t('svc.companions.add')}
      </Button>
    </Screen>
  );
}

function CompanionCard({ companion, onDone }: { companion: CompanionView; onDone: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const { id, state, version } = companion;
  const takeOut = () => {
    setAsking(false);
    api.withdrawCompanion({ params: { id }, body: { version } }).then(onDone, setProblem);
  };
  return (
    <Card testId="companion">
      <Text className="card-who">
        {companion.name}
        {companion.minor ? ` · ${t('svc.companions.minor')}` : ''}
      </Text>
      <Tag tone={LINK_TONES[state]} text={t(`svc.states.${state}`)} />
      <Row label={t('svc.register.idNumber')} value={companion.idNumber} />
      <Row label={t('svc.companions.relation')} value={companion.relation[language()]} />
      <Row label={t('svc.companions.guardian')} value={companion.guardian} />
      <Row label={t('svc.reason')} value={companion.reason} />
      <Problem error={problem} />
      {state === 'pending' || state === 'approved' ? (
        <Button className="quiet" data-testid="withdraw" onClick={() => setAsking(true)}>
          {t('svc.companions.remove')}
        </Button>
      ) : (
        <Button className="primary" data-testid="resubmit" onClick={() => openPage('companion', { id })}>
          {t('svc.resubmit')}
        </Button>
      )}
      {asking ? (
        <Ask
          text={t('svc.companions.removeAsk', { name: companion.name })}
          yes={t('svc.companions.remove')}
          no={t('svc.keep')}
          onYes={takeOut}
          onNo={() => setAsking(false)}
        />
      ) : null}
    </Card>
  );
}
