import type { LinkView } from '@qinqiao/contracts';
import { Button, Text } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Ask, Card, List, Problem, Row, Tag } from '../../components/parts';
import { Screen } from '../../components/screen';
import { LINK_TONES } from '../../components/tones';
import { language } from '../../i18n';
import { api, openPage } from '../../state/session';
import { useData } from '../../state/use-data';

/** The inmates one is linked to, and what became of requests. */
export default function Inmates() {
  const { t } = useTranslation();
  const inmates = useData(async () => (await api.listMyInmates()).items);
  const links = useData(async () => (await api.listMyLinks()).items.filter(({ state }) => state !== 'approved'));
  return (
    <Screen title={t('svc.inmates.title')} testId="inmates-page">
      <List
        data={inmates}
        empty={t('svc.inmates.none')}
        renderItem={(inmate) => (
          <Card key={inmate.id} testId="inmate">
            <Text className="card-who">{inmate.name}</Text>
            <Row label={t('svc.inmates.number')} value={inmate.number} />
            <Row label={t('svc.prison')} value={inmate.prisonName} />
            <Row label={t('svc.inmates.relation')} value={inmate.relation} />
            <Row
              label={t('svc.inmates.allowed')}
              value={
                inmate.kinds.length > 0
                  ? inmate.kinds.map((kind) => t(`svc.kinds.${kind}`)).join(t('svc.comma'))
                  : t('svc.inmates.notAllowed')
              }
            />
            {inmate.kinds.length > 0 ? (
              <Button className="primary" onClick={() => openPage('book', { inmate: inmate.id })}>
                {t('svc.home.tiles.book')}
              </Button>
            ) : (
              <Button className="quiet" onClick={() => openPage('allow', { inmate: inmate.id })}>
                {t('svc.allowlist.apply')}
              </Button>
            )}
          </Card>
        )}
      />
      <Button className="primary add" data-testid="add-link" onClick={() => openPage('link')}>
        {t('svc.inmates.add')}
      </Button>
      {links.value && links.value.length > 0 ? <Text className="section">{t('svc.inmates.requests')}</Text> : null}
      {links.value?.map((link) => (
        <LinkCard key={link.id} link={link} onDone={links.reload} />
      ))}
    </Screen>
  );
}

function LinkCard({ link, onDone }: { link: LinkView; onDone: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const { id, state, version } = link;
  const withdraw = () => {
    setAsking(false);
    api.withdrawLink({ params: { id }, body: { version } }).then(onDone, setProblem);
  };
  return (
    <Card testId="link">
      <Text className="card-who">{link.inmateName}</Text>
      <Tag tone={LINK_TONES[state]} text={t(`svc.states.${state}`)} />
      <Row label={t('svc.inmates.number')} value={link.inmateNumber} />
      <Row label={t('svc.prison')} value={link.prisonName} />
      <Row label={t('svc.inmates.relation')} value={link.relation[language()]} />
      <Row label={t('svc.reason')} value={link.reason} />
      <Problem error={problem} />
      {state === 'refused' || state === 'withdrawn' || state === 'ended' ? (
        <Button className="primary" data-testid="resubmit" onClick={() => openPage('link', { id })}>
          {t('svc.resubmit')}
        </Button>
      ) : null}
      {state === 'pending' ? (
        <Button className="quiet" data-testid="withdraw" onClick={() => setAsking(true)}>
          {t('svc.withdraw')}
        </Button>
      ) : null}
      {asking ? (
        <Ask text={t('svc.withdrawAsk')} yes={t('svc.withdraw')} no={t('svc.keep')} onYes={withdraw} onNo={() => setAsking(false)} />
      ) : null}
    </Card>
  );
}
