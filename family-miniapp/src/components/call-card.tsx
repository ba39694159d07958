import type { CallSummary } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { dayAndTime } from '../state/times';

/** One call in a list; an upcoming one can be entered when it is open. */
export function CallCard({ call, onEnter }: { call: CallSummary; onEnter?: () => void }) {
  const { t, i18n } = useTranslation();
  const ended = call.state === 'ended';
  return (
    <View className={`card ${ended ? 'card-ended' : ''}`} data-testid="call-row" data-call={call.id}>
      <Text className="card-time">{dayAndTime(call.startsAt, call.endsAt, i18n.language)}</Text>
      <Text className="card-who">{t('withPlain', { name: call.inmateName })}</Text>
      <Text className="card-note">{t('relation', { relation: call.relation })}</Text>
      {ended ? (
        <Text className="card-note">
          {t(`ended.${call.endReason ?? 'unknown'}`)}
          {call.endNote ? ` · ${t('reasonGiven', { note: call.endNote })}` : ''}
        </Text>
      ) : null}
      {!ended && call.canJoin ? (
        <Button className="primary" data-testid="enter-call" onClick={onEnter}>
          {t('enter')}
        </Button>
      ) : null}
      {!ended && !call.canJoin ? <Text className="card-note">{t('opensAt')}</Text> : null}
    </View>
  );
}
