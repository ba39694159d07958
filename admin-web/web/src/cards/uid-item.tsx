import { Form, Input } from 'antd';
import { useEffect } from 'react';
import { useText } from '../i18n/index.ts';
import { cardReader } from './card-reader.ts';

/** A card's number: typed, or taken from the card on the reader. */
export function UidItem({ onRead }: { onRead: (uid: string) => void }) {
  const t = useText();
  useEffect(() => cardReader.listen(({ uid }) => onRead(uid)), [onRead]);
  return (
    <Form.Item
      name="uid"
      label={t('cards.uid')}
      extra={t('cards.uidHint')}
      rules={[
        { required: true, message: t('common.required') },
        { pattern: /^\s*[0-9A-Fa-f]{4,32}\s*$/, message: t('cards.uidRule') },
      ]}
    >
      <Input maxLength={32} data-testid="card-uid" />
    </Form.Item>
  );
}
