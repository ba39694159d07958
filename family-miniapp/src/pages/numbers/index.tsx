import type { OwnNumber } from '@qinqiao/contracts';
import { Button, Text } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card, List, Problem, Row, Tag, type Tone } from '../../components/parts';
import { Screen } from '../../components/screen';
import { language } from '../../i18n';
import { api, openPage } from '../../state/session';
import { useData } from '../../state/use-data';

const TONES: Record<OwnNumber['state'], Tone> = { pending: 'wait', active: 'good', refused: 'bad', withdrawn: 'plain', ended: 'plain' };

/** Numbers that an inmate may call. */
export default function Numbers() {
  const { t } = useTranslation();
  const numbers = useData(async () => (await api.listMyNumbers()).items);
  return (
    <Screen title={t('svc.numbers.title')} testId="numbers-page">
      <Text className="lead">{t('svc.numbers.lead')}</Text>
      <Button className="primary add" data-testid="apply" onClick={() => openPage('number')}>
        {t('svc.numbers.apply')}
      </Button>
      <List
        data={numbers}
        empty={t('svc.numbers.none')}
        renderItem={(one) => <Number key={one.id} number={one} onDone={numbers.reload} />}
      />
    </Screen>
  );
}

function Number({ number, onDone }: { number: OwnNumber; onDone: () => void }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<unknown>(null);
  const { id, state, version } = number;
  const withdraw = () => void api.withdrawNumber({ params: { id }, body: { version } }).then(onDone, setProblem);
  return (
    <Card testId="number">
      <Text className="card-who">{number.phone}</Text>
      <Tag tone={TONES[state]} text={t(`svc.states.${state}`)} />
      <Row label={t('svc.numbers.holder')} value={`${number.name} · ${number.relation[language()]}`} />
      <Row label={t('svc.inmates.which')} value={`${number.inmateName} ${number.inmateNumber}`} />
      <Row label={t('svc.validity')} value={`${number.validFrom} – ${number.validUntil}`} />
      <Row label={t('svc.reason')} value={number.decision} />
      <Problem error={problem} />
      {state === 'pending' ? (
        <Button className="quiet" onClick={withdraw}>
          {t('svc.withdraw')}
        </Button>
      ) : null}
      {state === 'refused' || state === 'withdrawn' ? (
        <Button className="primary" data-testid="resubmit" onClick={() => openPage('number', { id })}>
          {t('svc.resubmit')}
        </Button>
      ) : null}
    </Card>
  );
}
