import { type CallEventView, EndReason, Party } from '@qinqiao/contracts';
import { type Translate } from '../i18n/index.ts';

type Detail = CallEventView['detail'];
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown) => (typeof value === 'number' ? value : 0);

function party(t: Translate, detail: Detail): string {
  const parsed = Party.safeParse(detail['party']);
  return parsed.success ? t(`role.${parsed.data}`) : '';
}

function reason(t: Translate, detail: Detail): string {
  const parsed = EndReason.safeParse(detail['reason']);
  return parsed.success ? t(`reason.${parsed.data}`) : '';
}

const PARTY_KINDS = ['joined', 'mediaStarted', 'lost', 'wentAway', 'left'] as const;
const PLAIN_KINDS = ['created', 'opened', 'begun', 'recordingLost', 'speechLost', 'pictureLost', 'mediaLost', 'screenshot'] as const;
const isOneOf = <Kind extends string>(kinds: readonly Kind[], kind: string): kind is Kind => (kinds as readonly string[]).includes(kind);

/** A stored transition or act in words; a kind this page does not know is shown by its name. */
export function eventText(t: Translate, { kind, detail }: Pick<CallEventView, 'kind' | 'detail'>): { title: string; more: string } {
  if (isOneOf(PARTY_KINDS, kind)) return { title: t(`event.${kind}`, { party: party(t, detail) }), more: '' };
  if (isOneOf(PLAIN_KINDS, kind)) return { title: t(`event.${kind}`), more: '' };
  switch (kind) {
    case 'held':
    case 'resumed':
      return { title: t(`event.${kind}`), more: detail['cause'] === 'recording' ? t('event.byRecording') : '' };
    case 'pictureHeld':
    case 'pictureReleased':
      return { title: t(`event.${kind}`, { party: party(t, detail) }), more: detail['warningId'] ? t('event.byWarning') : '' };
    case 'extended':
      return { title: t('event.extended', { minutes: numberOf(detail['minutes']) }), more: '' };
    case 'interjected':
      return { title: t(detail['on'] ? 'event.interjectedOn' : 'event.interjectedOff'), more: '' };
    case 'message':
      return { title: t('event.message'), more: textOf(detail['text']) };
    case 'cutOff':
      return { title: t('event.cutOff'), more: textOf(detail['note']) };
    case 'ended':
      return { title: t('event.ended'), more: reason(t, detail) };
    default:
      return { title: kind, more: '' };
  }
}
