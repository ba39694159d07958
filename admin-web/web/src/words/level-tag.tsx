import { Tag } from 'antd';
import { useText } from '../i18n/index.ts';

export const LEVELS = [1, 2, 3] as const;
const COLOURS: Record<number, string> = { 1: 'gold', 2: 'orange', 3: 'red' };

export function LevelTag({ level, named = false }: { level: number; named?: boolean }) {
  const t = useText();
  const name = named && (level === 1 || level === 2 || level === 3) ? ` ${t(`words.levels.level${level}`)}` : '';
  return (
    <Tag color={COLOURS[level] ?? 'default'} style={{ marginInlineEnd: 0 }}>
      {t('live.level', { level }) + name}
    </Tag>
  );
}
