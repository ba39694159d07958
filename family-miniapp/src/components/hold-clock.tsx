import { formatCountdown } from '@qinqiao/client-sdk';
import { Text, View } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { aria } from './aria';

/** A telephone's clock may lie a second behind the server's. */
const LONGEST_MS = 5 * 60_000;

/** How long the chosen slot is still kept. */
export function HoldClock({ leftMs }: { leftMs: number }) {
  const { t } = useTranslation();
  if (leftMs === 0)
    return (
      <View className="problem" {...aria({ role: 'alert' })} data-testid="hold-over">
        {t('svc.book.holdOver')}
      </View>
    );
  return (
    <View className={leftMs < 60_000 ? 'hold hold-late' : 'hold'} data-testid="hold">
      <Text>{t('svc.book.hold')}</Text>
      <Text className="hold-left">{formatCountdown(Math.min(leftMs, LONGEST_MS))}</Text>
    </View>
  );
}
