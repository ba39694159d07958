import { FileExcelOutlined, InboxOutlined } from '@ant-design/icons';
import { ImportMode, type TransferKindView } from '@qinqiao/contracts';
import { Button, Checkbox, Form, Radio, Select, Upload, type UploadFile } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Values {
  kind: string;
  mode: ImportMode;
  checkOnly: boolean;
  files: UploadFile[];
}
interface Props {
  kinds: TransferKindView[];
  kind: string | null;
  onClose: () => void;
  onStarted: () => void;
}

/** Chooses a file and what is to be done with it. */
export function ImportDrawer({ kinds, kind, onClose, onStarted }: Props) {
  const t = useText();
  const language = useLanguage();
  const [form] = Form.useForm<Values>();
  const chosen = Form.useWatch<string | undefined>('kind', form);
  const [busy, setBusy] = useState(false);
  const { act } = useAct();
  const start = async ({ kind: name, mode, checkOnly, files }: Values) => {
    const file = files[0]?.originFileObj;
    if (!file) return;
    await api.startImport({ params: { kind: name }, query: { name: file.name, mode, checkOnly: checkOnly ? 'true' : 'false' }, file });
    onStarted();
  };
  const template = async () => {
    setBusy(true);
    await act(async () => saveFile(await api.getTransferTemplate({ params: { kind: chosen ?? '' } })));
    setBusy(false);
  };
  const importable = kinds.filter(({ canImport }) => canImport);
  return (
    <FormModal<Values>
      title={t('transfers.import')}
      open
      form={form}
      onClose={onClose}
      onSave={start}
      saveText={t('transfers.start')}
      initial={{ kind: kind ?? importable[0]?.kind ?? '', mode: 'new', checkOnly: false, files: [] }}
      testId="import-form"
    >
      <Form.Item name="kind" label={t('transfers.kind')} rules={[{ required: true, message: t('common.required') }]}>
        <Select options={importable.map(({ kind: value, title }) => ({ value, label: title[language] }))} data-testid="import-kind" />
      </Form.Item>
      <Form.Item>
        <Button
          icon={<FileExcelOutlined />}
          loading={busy}
          disabled={!chosen}
          onClick={() => void template()}
          data-testid="import-template"
        >
          {t('transfers.template')}
        </Button>
      </Form.Item>
      <Form.Item
        name="files"
        label={t('transfers.file')}
        valuePropName="fileList"
        getValueFromEvent={({ fileList }: { fileList: UploadFile[] }) => fileList.slice(-1)}
        rules={[{ type: 'array', required: true, min: 1, message: t('transfers.fileRequired') }]}
      >
        <Upload.Dragger accept=".xlsx,.csv" maxCount={1} beforeUpload={() => false}>
          <p className="ant-upload-drag-icon">
            <InboxOutlined />
          </p>
          <p className="ant-upload-text">{t('transfers.chooseFile')}</p>
          <p className="ant-upload-hint">{t('transfers.dropHint')}</p>
        </Upload.Dragger>
      </Form.Item>
      <Form.Item name="mode" label={t('transfers.mode')}>
        <Radio.Group
          vertical
          options={ImportMode.options.map((value) => ({ value, label: t(`transfers.modes.${value}`) }))}
          data-testid="import-mode"
        />
      </Form.Item>
      <Form.Item name="checkOnly" valuePropName="checked">
        <Checkbox data-testid="import-check-only">{t('transfers.checkOnly')}</Checkbox>
      </Form.Item>
    </FormModal>
  );
}
