import type { CallId } from '@qinqiao/contracts';
import { Alert, App, Form, Input } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { saveFile } from '../components/save-file.ts';
import { type TextKey, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

/** What needs a reason, which goes into the audit trail. */
export type ReasonedAct = { kind: 'export' } | { kind: 'hold' } | { kind: 'lift'; holdId: string } | { kind: 'delete' };

interface Texts {
  title: TextKey;
  hint: TextKey | null;
  button: TextKey;
  done: TextKey;
  tone: 'info' | 'warning' | 'error';
}
const TEXTS: Record<ReasonedAct['kind'], Texts> = {
  export: {
    title: 'evidence.exportTitle',
    hint: 'evidence.exportHint',
    button: 'evidence.export',
    done: 'evidence.exported',
    tone: 'warning',
  },
  hold: { title: 'evidence.holdTitle', hint: 'evidence.holdHint', button: 'evidence.hold', done: 'evidence.holdPlaced', tone: 'info' },
  lift: { title: 'evidence.liftTitle', hint: null, button: 'evidence.lift', done: 'evidence.lifted', tone: 'info' },
  delete: {
    title: 'evidence.removeTitle',
    hint: 'evidence.removeHint',
    button: 'evidence.remove',
    done: 'evidence.removed',
    tone: 'error',
  },
};

interface Props {
  recordingId: string;
  act: ReasonedAct | null;
  onClose: () => void;
  onChanged: () => Promise<void>;
}

/** Asks for the reason of what an officer is about to do, and does it. */
export function ReasonedActs({ recordingId, act, onClose, onChanged }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const texts = TEXTS[act?.kind ?? 'hold'];
  const save = async ({ reason }: { reason: string }) => {
    if (!act) return;
    await run(act, recordingId as CallId, reason);
    message.success(t(texts.done));
    await onChanged();
  };
  return (
    <FormModal<{ reason: string }>
      title={t(texts.title)}
      open={act !== null}
      onClose={onClose}
      onSave={save}
      saveText={t(texts.button)}
      testId="evidence-reason"
    >
      {texts.hint && <Alert type={texts.tone} showIcon title={t(texts.hint)} className="evidence-hint" />}
      <Form.Item
        name="reason"
        label={t('evidence.reason')}
        extra={t('evidence.reasonHint')}
        rules={[{ required: true, whitespace: true, min: 2, max: 500, message: t('evidence.reasonRule') }]}
      >
        <Input.TextArea rows={4} maxLength={500} showCount autoFocus data-testid="reason-text" />
      </Form.Item>
    </FormModal>
  );
}

async function run(act: ReasonedAct, id: CallId, reason: string): Promise<void> {
  const body = { reason };
  if (act.kind === 'export') saveFile(await api.exportRecording({ params: { id }, body }));
  if (act.kind === 'hold') await api.placeHold({ params: { id }, body });
  if (act.kind === 'lift') await api.liftHold({ params: { id, holdId: act.holdId }, body });
  if (act.kind === 'delete') await api.deleteRecording({ params: { id }, body });
}
