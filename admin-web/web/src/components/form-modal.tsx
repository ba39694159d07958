import { errorText, type Language } from '@qinqiao/client-sdk';
import { QinqiaoError } from '@qinqiao/contracts';
import { Alert, Button, Drawer, Form, type FormInstance } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';

interface Props<Values extends object> {
  title: string;
  open: boolean;
  onClose: () => void;
  initial?: Partial<Values>;
  /** Saves; what it throws is shown at its fields, and what was typed stays. */
  onSave: (values: Values) => Promise<unknown>;
  /** Beside the form's own texts: turns a field error of the server into the user's language. */
  fieldText?: (field: string, reason: string) => string;
  saveText?: string;
  width?: number;
  testId?: string;
  form?: FormInstance<Values>;
  children: ReactNode;
}

/** A form in a drawer. The server's field errors appear at their fields; a refused form stays as it was typed. */
export function FormModal<Values extends object>(props: Props<Values>) {
  const { title, open, onClose, initial, onSave, fieldText, saveText, width = 480, testId, children } = props;
  const t = useText();
  const language = useLanguage();
  const [own] = Form.useForm<Values>();
  const form = props.form ?? own;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (!open) return;
    setError(null);
    form.resetFields();
    if (initial) form.setFieldsValue(initial);
    // The form starts from what it was opened with, not from what is read meanwhile.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [open]);
  const save = async (values: Values) => {
    setBusy(true);
    setError(null);
    try {
      await onSave(values);
      onClose();
    } catch (problem) {
      setError(problem);
      showAtFields(form, problem, language, fieldText);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Drawer
      title={title}
      open={open}
      onClose={onClose}
      size={width}
      forceRender
      maskClosable={false}
      data-testid={testId}
      footer={
        <div className="form-modal-foot">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()} data-testid="form-save">
            {saveText ?? t('common.save')}
          </Button>
        </div>
      }
    >
      {error !== null && (
        <Alert type="error" showIcon title={errorText(error, language)} className="form-modal-error" data-testid="form-error" />
      )}
      <Form<Values> form={form} layout="vertical" onFinish={(values) => void save(values)} scrollToFirstError requiredMark>
        {children}
      </Form>
    </Drawer>
  );
}

function showAtFields<Values>(
  form: FormInstance<Values>,
  problem: unknown,
  language: Language,
  textOf: ((field: string, reason: string) => string) | undefined,
): void {
  if (!(problem instanceof QinqiaoError) || !problem.fields) return;
  const errors = Object.entries(problem.fields).map(([field, reason]) => ({
    name: field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    errors: [textOf?.(field, reason) ?? problem.fieldTexts?.[field]?.[language] ?? reason],
  }));
  form.setFields(errors as unknown as Parameters<typeof form.setFields>[0]);
}
