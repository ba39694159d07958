import { Button, Text, View } from '@tarojs/components';
import type { PropsWithChildren, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../state/use-data';
import { words } from '../state/words';
import { aria } from './aria';

/** What went wrong, in plain words; read out by screen readers. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  return (
    <View className="problem" {...aria({ role: 'alert' })} data-testid="problem">
      <Text>{words(error)}</Text>
      {onRetry ? (
        <Button className="problem-retry" onClick={onRetry}>
          {t('retry')}
        </Button>
      ) : null}
    </View>
  );
}

interface ListProps<Item> {
  data: Data<readonly Item[]>;
  empty: string;
  renderItem: (item: Item) => ReactNode;
}

/** What was read, or that it is being read, that there is nothing, or what went wrong. */
export function List<Item>({ data, empty, renderItem }: ListProps<Item>) {
  const { t } = useTranslation();
  if (data.error !== null && data.value === null) return <Problem error={data.error} onRetry={data.reload} />;
  if (data.value === null) return <View className="empty">{t('loading')}</View>;
  if (data.value.length === 0) return <View className="empty">{empty}</View>;
  return <View>{data.value.map(renderItem)}</View>;
}

export type Tone = 'wait' | 'good' | 'bad' | 'plain';

export function Tag({ tone, text }: { tone: Tone; text: string }) {
  return (
    <Text className={`tag tag-${tone}`} data-testid="state">
      {text}
    </Text>
  );
}

export function Card({ children, testId, onOpen }: PropsWithChildren<{ testId?: string; onOpen?: () => void }>) {
  return (
    <View className="card" data-testid={testId} {...(onOpen ? { onClick: onOpen, ...aria({ role: 'button' }) } : {})}>
      {children}
    </View>
  );
}

export function Row({ label, value }: { label: string; value: ReactNode }) {
  if (value === null || value === undefined || value === '') return null;
  return (
    <View className="row">
      <Text className="row-label">{label}</Text>
      <Text className="row-value">{value}</Text>
    </View>
  );
}

interface AskProps {
  text: string;
  yes: string;
  no: string;
  onYes: () => void;
  onNo: () => void;
  children?: ReactNode;
}

/** Asks before something that cannot be taken back. */
export function Ask({ text, yes, no, onYes, onNo, children }: AskProps) {
  return (
    <View className="ask" {...aria({ role: 'dialog' })}>
      <View className="ask-box">
        <Text className="ask-text">{text}</Text>
        {children}
        <Button className="hang-up" data-testid="ask-yes" onClick={onYes}>
          {yes}
        </Button>
        <Button className="quiet" data-testid="ask-no" onClick={onNo}>
          {no}
        </Button>
      </View>
    </View>
  );
}
