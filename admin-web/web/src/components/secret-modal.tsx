import { Modal, Typography } from 'antd';
import { useText } from '../i18n/index.ts';

interface Props {
  title: string;
  /** What to do with it. */
  text: string;
  /** Null: nothing to show. */
  secret: string | null;
  onClose: () => void;
}

/** A secret that is shown once, to be copied or written down. */
export function SecretModal({ title, text, secret, onClose }: Props) {
  const t = useText();
  return (
    <Modal
      open={secret !== null}
      title={title}
      onOk={onClose}
      onCancel={onClose}
      okText={t('common.close')}
      cancelButtonProps={{ style: { display: 'none' } }}
      mask={{ closable: false }}
      data-testid="secret-modal"
    >
      <p>{text}</p>
      <Typography.Paragraph copyable={{ tooltips: [t('organisation.copy'), t('organisation.copied')] }} className="secret-text">
        <code data-testid="secret">{secret}</code>
      </Typography.Paragraph>
    </Modal>
  );
}
