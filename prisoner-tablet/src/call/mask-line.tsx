import { MASK_FAULTS, type MaskReport } from '@qinqiao/contracts';
import { useLanguage, useText } from '../i18n/index.ts';

/** Beneath one's own picture: whether the other side sees it, masked, or black and why. */
export function MaskLine({ mask: { state, fault } }: { mask: MaskReport }) {
  const t = useText();
  const language = useLanguage();
  return (
    <p className={`mask-line is-${state}`} role="status" data-testid="mask-state" data-state={state} data-fault={fault ?? undefined}>
      {t(`mask.${state}`)}
      {fault && <small>{MASK_FAULTS[fault][language]}</small>}
    </p>
  );
}
