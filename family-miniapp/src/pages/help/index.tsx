import { Button, Text } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { Card, List, Row, Tag } from '../../components/parts';
import { Screen } from '../../components/screen';
import { HELP_TONES } from '../../components/tones';
import { language } from '../../i18n';
import { api, openPage } from '../../state/session';
import { moment } from '../../state/times';
import { useData } from '../../state/use-data';

/** Questions one has asked. */
export default function Help() {
  const { t } = useTranslation();
  const questions = useData(async () => (await api.listMyQuestions({ query: { limit: 50 } })).items);
  return (
    <Screen title={t('svc.home.tiles.help')} testId="help-page">
      <Text className="lead">{t('svc.help.lead')}</Text>
      <Button className="primary add" data-testid="ask" onClick={() => openPage('ask')}>
        {t('svc.help.ask')}
      </Button>
      <List
        data={questions}
        empty={t('svc.help.none')}
        renderItem={(one) => (
          <Card key={one.id} testId="question" onOpen={() => openPage('question', { id: one.id })}>
            <Text className="card-who">{one.title}</Text>
            <Tag tone={HELP_TONES[one.state]} text={t(`svc.help.states.${one.state}`)} />
            <Row label={t('svc.help.unit')} value={one.unitName} />
            <Text className="card-note">{moment(one.updatedAt, language())}</Text>
          </Card>
        )}
      />
    </Screen>
  );
}
