import { InboxOutlined } from '@ant-design/icons';
import { Form, Radio, Upload, type UploadFile } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Values {
  subject: 'inmate' | 'family';
  name: UploadFile[];
}

/** A zip of pictures, and whose they are. */
export function BulkForm({ open, onClose, onStarted }: { open: boolean; onClose: () => void; onStarted: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const subject = Form.useWatch<Values['subject'] | undefined>('subject', form) ?? 'inmate';
  const start = async ({ subject: whose, name }: Values) => {
    const file = name[0]?.originFileObj;
    if (!file) return;
    await api.startFaceBulk({ query: { subject: whose, name: file.name }, file });
    onStarted();
  };
  return (
    <FormModal<Values>
      title={t('faces.bulkTitle')}
      open={open}
      form={form}
      onClose={onClose}
      onSave={start}
      saveText={t('faces.startBulk')}
      initial={{ subject: 'inmate', name: [] }}
      testId="face-bulk-form"
    >
      <Form.Item name="subject" label={t('faces.bulkSubject')}>
        <Radio.Group
          options={(['inmate', 'family'] as const).map((value) => ({ value, label: t(`faces.subjects.${value}`) }))}
          data-testid="face-bulk-subject"
        />
      </Form.Item>
      <Form.Item
        name="name"
        label={t('faces.file')}
        extra={t('faces.bulkLimits')}
        valuePropName="fileList"
        getValueFromEvent={({ fileList }: { fileList: UploadFile[] }) => fileList.slice(-1)}
        rules={[{ type: 'array', required: true, min: 1, message: t('faces.zipRequired') }]}
      >
        <Upload.Dragger accept=".zip" maxCount={1} beforeUpload={() => false}>
          <p className="ant-upload-drag-icon">
            <InboxOutlined />
          </p>
          <p className="ant-upload-text">{t('faces.chooseZip')}</p>
          <p className="ant-upload-hint">{t(`faces.bulkHint.${subject}`)}</p>
        </Upload.Dragger>
      </Form.Item>
    </FormModal>
  );
}
