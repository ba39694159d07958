import { Button } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { CallCard } from '../../components/call-card';
import { List } from '../../components/parts';
import { Screen } from '../../components/screen';
import { useCalls } from '../../state/use-calls';

/** Calls that are over: when, with whom, and how they ended. */
export default function Calls() {
  const { t } = useTranslation();
  const finished = useCalls('finished');
  return (
    <Screen title={t('svc.home.tiles.calls')} testId="calls-page">
      <List
        data={{ value: finished.items, error: finished.error, reload: finished.reload }}
        empty={t('noFinished')}
        renderItem={(call) => <CallCard key={call.id} call={call} />}
      />
      {finished.more ? (
        <Button className="quiet add" onClick={finished.more}>
          {t('more')}
        </Button>
      ) : null}
    </Screen>
  );
}
