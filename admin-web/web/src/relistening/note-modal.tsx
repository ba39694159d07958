import { formatDuration } from '@qinqiao/client-sdk';
import type { ConversationNote, NoteKind } from '@qinqiao/contracts';
import { App, type ButtonProps, Form, Input, Modal, Select } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  id: string;
  note: { kind: NoteKind; atMs: number } | null;
  categories: { value: string; label: string }[];
  onClose: () => void;
  onSaved: (note: ConversationNote) => void;
}

// A button takes attributes that its type does not name.
const SAVE = { 'data-testid': 'note-save' } as ButtonProps;

/** Opens anew with each note. */
export const NoteModal = ({ note, ...props }: Props) => note && <Opened key={`${note.kind} ${note.atMs}`} note={note} {...props} />;

/** Writes a note or an abnormal mark at the moment where the player stands; Ctrl+Enter saves. */
function Opened({ id, note, categories, onClose, onSaved }: Props & { note: NonNullable<Props['note']> }) {
  const t = useText();
  const { message } = App.useApp();
  const { busy, act } = useAct();
  const [form] = Form.useForm<{ text?: string; category?: string }>();
  const { kind, atMs } = note;
  const save = async ({ text, category }: { text?: string; category?: string }) => {
    const body = { kind, atMs, text: text ?? '', category: category ?? null };
    const done = await act(async () => {
      onSaved(await api.addConversationNote({ params: { id }, body }));
    });
    if (!done) return;
    message.success(t('relistening.noted'));
    onClose();
  };
  return (
    <Modal
      open
      title={`${t(`relistening.noteKinds.${kind}`)} · ${t('relistening.noteAt', { time: formatDuration(atMs) })}`}
      onCancel={onClose}
      onOk={() => form.submit()}
      confirmLoading={busy}
      okButtonProps={SAVE}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
    >
      <Form form={form} layout="vertical" onFinish={(values) => void save(values)} data-testid="note-modal">
        {kind === 'abnormal' && (
          <Form.Item name="category" label={t('relistening.category')} rules={[{ required: true }]}>
            <Select autoFocus options={categories} data-testid="note-category" />
          </Form.Item>
        )}
        <Form.Item name="text" label={t('relistening.noteText')} rules={kind === 'note' ? [{ required: true, whitespace: true }] : []}>
          <Input.TextArea
            autoFocus={kind === 'note'}
            maxLength={500}
            showCount
            autoSize={{ minRows: 3 }}
            data-testid="note-text"
            onKeyDown={(event) => event.key === 'Enter' && event.ctrlKey && form.submit()}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
