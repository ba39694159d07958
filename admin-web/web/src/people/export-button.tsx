import { DownloadOutlined } from '@ant-design/icons';
import type { Permission } from '@qinqiao/contracts';
import { Alert, Button, Checkbox, Form, Input } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { saveFile } from '../components/save-file.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import type { Filter } from './filters.tsx';

interface Props {
  kind: string;
  permission: Permission;
  filter: Filter;
}
interface Values {
  reason: string;
  clear?: boolean;
}

/** Saves what a list's filters show as a workbook. */
export function ExportButton({ kind, permission, filter }: Props) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const may = useAllowed(permission);
  const mayUnmask = useAllowed('person.unmask');
  if (!may) return null;
  const save = async ({ reason, clear = false }: Values) =>
    saveFile(await api.exportPeople({ params: { kind }, body: { filter, reason, clear } }));
  return (
    <>
      <Button icon={<DownloadOutlined />} onClick={() => setOpen(true)} data-testid="export">
        {t('people.export')}
      </Button>
      <FormModal<Values>
        title={t('people.exportTitle')}
        open={open}
        onClose={() => setOpen(false)}
        onSave={save}
        saveText={t('people.export')}
        testId="export-form"
        width={420}
      >
        <Alert type="info" showIcon title={t('people.exportNotice')} className="form-modal-error" />
        <Form.Item
          name="reason"
          label={t('people.exportReason')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input.TextArea maxLength={200} rows={3} data-testid="export-reason" />
        </Form.Item>
        {mayUnmask && (
          <Form.Item name="clear" valuePropName="checked">
            <Checkbox data-testid="export-clear">{t('people.exportClear')}</Checkbox>
          </Form.Item>
        )}
      </FormModal>
    </>
  );
}
