import type { HelpState, LinkState, NumberState } from '@qinqiao/contracts';
import { Tag } from 'antd';
import { useText } from '../i18n/index.ts';

const COLOURS = { pending: 'gold', approved: 'green', active: 'green', refused: 'red', withdrawn: 'default', ended: 'default' } as const;

export function StateTag({ state }: { state: LinkState | NumberState }) {
  const t = useText();
  return <Tag color={COLOURS[state]}>{t(`families.states.${state}`)}</Tag>;
}

const HELP_COLOURS = { open: 'gold', answered: 'green', closed: 'default' } as const;

export function HelpTag({ state }: { state: HelpState }) {
  const t = useText();
  return <Tag color={HELP_COLOURS[state]}>{t(`families.helpStates.${state}`)}</Tag>;
}
