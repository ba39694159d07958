import { InboxOutlined } from '@ant-design/icons';
import type { ToolView } from '@qinqiao/contracts';
import { App, Form, Input, Switch, Upload, type UploadFile } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { Uploading } from '../components/uploading.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Values {
  files: UploadFile[];
  name: string;
  release: string;
  description: string;
  enabled: boolean;
}
interface Props {
  tool: ToolView | 'new' | null;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}
const FRESH: Partial<Values> = { files: [], name: '', release: '', description: '' };

/** A new tool with its file, or what is said of one. */
export function ToolForm({ tool, onClose, onSaved }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const [percent, setPercent] = useState<number | null>(null);
  const old = tool === 'new' ? null : tool;
  const save = async ({ files, ...about }: Values) => {
    const file = files?.[0]?.originFileObj;
    if (old) await api.changeTool({ params: { id: old.id }, body: { ...about, version: old.version } });
    else if (file) await upload(file, about);
    message.success(t(old ? 'tools.saved' : 'tools.added'));
    await onSaved();
  };
  const upload = async (file: File, { name, release, description }: Omit<Values, 'files'>) => {
    const onProgress = (share: number) => setPercent(Math.floor(share * 100));
    onProgress(0);
    try {
      await api.addTool({ query: { name, release, description, fileName: fileNameOf(file) }, file, onProgress });
    } finally {
      setPercent(null);
    }
  };
  return (
    <FormModal<Values>
      key={old?.id ?? 'new'}
      title={t(old ? 'tools.editTitle' : 'tools.addTitle')}
      open={tool !== null}
      onClose={onClose}
      onSave={save}
      initial={old ? valuesOf(old) : FRESH}
      testId="tool-form"
    >
      <Uploading percent={percent} />
      {!old && <FileField />}
      <Form.Item name="name" label={t('tools.name')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input maxLength={64} data-testid="tool-name" />
      </Form.Item>
      <Form.Item name="release" label={t('tools.release')} extra={t('tools.releaseHint')}>
        <Input maxLength={32} data-testid="tool-release" />
      </Form.Item>
      <Form.Item name="description" label={t('tools.description')} extra={t('tools.descriptionHint')}>
        <Input.TextArea maxLength={500} showCount autoSize={{ minRows: 3, maxRows: 8 }} data-testid="tool-description" />
      </Form.Item>
      {old && (
        <Form.Item name="enabled" label={t('tools.enabled')} extra={t('tools.enabledHint')} valuePropName="checked">
          <Switch data-testid="tool-enabled" />
        </Form.Item>
      )}
    </FormModal>
  );
}

const MOST_NAME = 200;
/** As the server keeps names: of a longer one the end, which says what it is. */
const fileNameOf = ({ name }: File) => name.replace(/[\\/]/g, '_').slice(-MOST_NAME);

const valuesOf = ({ name, release, description, enabled }: ToolView): Partial<Values> => ({ name, release, description, enabled });

function FileField() {
  const t = useText();
  const form = Form.useFormInstance<Values>();
  /** What the file is called is a name to begin with. */
  const suggestName = (fileName: string | undefined) => {
    if (fileName && !form.getFieldValue('name')) form.setFieldValue('name', fileName.replace(/\.[^.]+$/, '').slice(0, 64));
  };
  return (
    <Form.Item
      name="files"
      label={t('tools.file')}
      valuePropName="fileList"
      getValueFromEvent={({ fileList }: { fileList: UploadFile[] }) => fileList.slice(-1)}
      rules={[{ type: 'array', required: true, min: 1, message: t('tools.fileRequired') }]}
    >
      <Upload.Dragger maxCount={1} beforeUpload={() => false} onChange={({ fileList }) => suggestName(fileList.at(-1)?.name)}>
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">{t('tools.choose')}</p>
        <p className="ant-upload-hint">{t('tools.chooseHint')}</p>
      </Upload.Dragger>
    </Form.Item>
  );
}
