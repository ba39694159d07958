import type { CallClient } from '@qinqiao/client-sdk';
import { Alert, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';

const REASONS = ['rules', 'subject', 'person', 'risk'] as const;

interface ModalProps {
  client: CallClient;
  open: boolean;
  onClose: () => void;
}

export function CutOffModal({ client, open, onClose }: ModalProps) {
  const t = useText();
  const { busy, act } = useAct();
  const [reason, setReason] = useState('');
  const cutOff = async () => {
    if (await act(() => client.cutOff(reason.trim()), t('live.cutOffDone'))) onClose();
  };
  return (
    <Modal
      open={open}
      title={t('live.cutOffTitle')}
      okText={t('live.cutOffConfirm')}
      okButtonProps={{ danger: true, disabled: reason.trim() === '', 'data-testid': 'cutoff-confirm' }}
      confirmLoading={busy}
      onOk={() => void cutOff()}
      onCancel={onClose}
      destroyOnHidden
    >
      <Alert type="warning" showIcon title={t('live.cutOffText')} className="modal-alert" />
      <p className="muted modal-label">{t('live.cutOffReason')}</p>
      <div className="presets">
        {REASONS.map((key) => (
          <Button key={key} size="small" onClick={() => setReason(t(`live.reasons.${key}`))} data-testid={`cutoff-preset-${key}`}>
            {t(`live.reasons.${key}`)}
          </Button>
        ))}
      </div>
      <Input.TextArea
        autoFocus
        className="modal-text"
        value={reason}
        maxLength={200}
        showCount
        autoSize={{ minRows: 2, maxRows: 5 }}
        placeholder={t('live.cutOffReasonRequired')}
        aria-label={t('live.cutOffReason')}
        onChange={(event) => setReason(event.target.value)}
        data-testid="cutoff-reason"
      />
    </Modal>
  );
}
