import { MASK_FAULTS, type MaskReport } from '@qinqiao/contracts';
import { useLanguage, useText } from '../i18n/index.ts';

/** What the tablet says of its mask: in the corner while all is well, in red with the reason when the picture is black. */
export function MaskBadge({ mask: { state, fault, framesPerSecond } }: { mask: MaskReport }) {
  const t = useText();
  const language = useLanguage();
  const text = fault ? t('masking.blackFor', { fault: MASK_FAULTS[fault][language] }) : t(`masking.${state}`);
  return (
    <span
      className={`mask-badge is-${state}`}
      title={t('masking.rate', { rate: Math.round(framesPerSecond) })}
      role="status"
      data-testid="mask-state"
      data-state={state}
      data-fault={fault ?? undefined}
    >
      {text}
    </span>
  );
}
