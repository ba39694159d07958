import { Button, Text, View } from '@tarojs/components';
import type { PropsWithChildren, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { setLarge, useLarge } from '../state/display';
import { goBack } from '../state/session';
import { LanguageSwitch } from './language-switch';
import { aria } from './aria';

interface Props {
  title: string;
  testId: string;
  /** Without it there is no way back: the home page. */
  onBack?: (() => void) | null;
  /** At the right of the title. */
  extra?: ReactNode;
}

/** A page: its title with the way back, language and letter size, and its content. */
export function Screen({ title, testId, onBack = goBack, extra, children }: PropsWithChildren<Props>) {
  const { t } = useTranslation();
  const large = useLarge();
  return (
    <View className={large ? 'screen large' : 'screen'} data-testid={testId}>
      <View className="screen-head">
        {onBack ? (
          <Button className="screen-back" {...aria({ label: t('svc.back') })} data-testid="back" onClick={onBack}>
            ‹
          </Button>
        ) : null}
        <Text className="screen-title" {...aria({ role: 'heading' })}>
          {title}
        </Text>
        {extra}
        <Button
          className="screen-tool"
          {...aria({ label: t(large ? 'svc.smaller' : 'svc.larger') })}
          data-testid="large"
          onClick={() => setLarge(!large)}
        >
          {large ? 'A-' : 'A+'}
        </Button>
        <LanguageSwitch />
      </View>
      <View className="screen-body">{children}</View>
    </View>
  );
}
