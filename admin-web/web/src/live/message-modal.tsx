import type { CallClient } from '@qinqiao/client-sdk';
import { PRESET_MESSAGES } from '@qinqiao/contracts';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useLanguage, useText } from '../i18n/index.ts';

interface ModalProps {
  client: CallClient;
  open: boolean;
  onClose: () => void;
}

export function MessageModal({ client, open, onClose }: ModalProps) {
  const t = useText();
  const language = useLanguage();
  const { busy, act } = useAct();
  const [text, setText] = useState('');
  const send = async () => {
    if (!(await act(() => client.message(text.trim()), t('live.messageSent')))) return;
    setText('');
    onClose();
  };
  return (
    <Modal
      open={open}
      title={t('live.messageTitle')}
      okText={t('live.messageSend')}
      okButtonProps={{ disabled: text.trim() === '', 'data-testid': 'message-send' }}
      confirmLoading={busy}
      onOk={() => void send()}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="muted modal-label">{t('live.messagePresets')}</p>
      <div className="presets">
        {Object.entries(PRESET_MESSAGES).map(([key, message]) => (
          <Button key={key} size="small" onClick={() => setText(message[language])} data-testid={`message-preset-${key}`}>
            {message[language]}
          </Button>
        ))}
      </div>
      <Input.TextArea
        autoFocus
        className="modal-text"
        value={text}
        maxLength={200}
        showCount
        autoSize={{ minRows: 3, maxRows: 6 }}
        placeholder={t('live.messagePlaceholder')}
        aria-label={t('live.messagePlaceholder')}
        onChange={(event) => setText(event.target.value)}
        data-testid="message-text"
      />
    </Modal>
  );
}
