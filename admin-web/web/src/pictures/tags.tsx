import { PICTURE_WARNINGS, type PictureWarning } from '@qinqiao/contracts';
import { Tag } from 'antd';
import { useLanguage, useText } from '../i18n/index.ts';

const COLOURS: Record<PictureWarning['verdict'], string> = { open: 'gold', right: 'green', wrong: 'red' };

export const KindName = ({ kind }: { kind: PictureWarning['kind'] }) => <>{PICTURE_WARNINGS[kind][useLanguage()]}</>;

export function VerdictTag({ verdict }: { verdict: PictureWarning['verdict'] }) {
  const t = useText();
  return (
    <Tag color={COLOURS[verdict]} data-testid="verdict" data-verdict={verdict}>
      {t(`pictures.verdicts.${verdict}`)}
    </Tag>
  );
}
