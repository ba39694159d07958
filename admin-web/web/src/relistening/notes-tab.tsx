import { DeleteOutlined } from '@ant-design/icons';
import { formatDuration } from '@qinqiao/client-sdk';
import type { ConversationNote, NoteKind } from '@qinqiao/contracts';
import { Button, Empty, Popconfirm, Space, Tag } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import type { Mark, MarkKind } from './player/marks.ts';

const COLOURS: Record<MarkKind, string> = {
  word: 'orange',
  warning: 'gold',
  act: 'blue',
  note: 'green',
  bookmark: 'cyan',
  abnormal: 'red',
};

interface Props {
  id: string;
  notes: readonly ConversationNote[];
  marks: readonly Mark[];
  onSeek: (ms: number) => void;
  onRemoved: (noteId: string) => void;
  onAdd: (kind: NoteKind) => void;
}

/** Everything that is marked on the time line, as a list; one's own notes can be taken away. */
export function NotesTab({ id, notes, marks, onSeek, onRemoved, onAdd }: Props) {
  const t = useText();
  const { act } = useAct();
  const mayAssign = useAllowed('relistening.assign');
  const noteOf = new Map(notes.map((note) => [`n${note.id}`, note]));
  const remove = (noteId: string) =>
    void act(async () => {
      await api.deleteConversationNote({ params: { id, noteId } });
      onRemoved(noteId);
    });
  return (
    <div className="relisten-tab">
      <Space className="relisten-adds">
        <Button size="small" danger onClick={() => onAdd('abnormal')} data-testid="add-abnormal">
          {t('relistening.noteKinds.abnormal')} M
        </Button>
        <Button size="small" onClick={() => onAdd('note')} data-testid="add-note">
          {t('relistening.noteKinds.note')} N
        </Button>
      </Space>
      {marks.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('relistening.noMarks')} />}
      {marks.map((mark) => {
        const note = noteOf.get(mark.key);
        return (
          <div key={mark.key} className="relisten-mark" data-testid="mark-row" data-kind={mark.kind}>
            <Button type="link" size="small" className="digits" onClick={() => onSeek(mark.atMs)}>
              {formatDuration(mark.atMs)}
            </Button>
            <Tag color={mark.severe ? 'red' : COLOURS[mark.kind]}>{t(`relistening.markKinds.${mark.kind}`)}</Tag>
            <span className="relisten-mark-text">
              {mark.label}
              {note && <small className="muted"> — {note.officerName}</small>}
            </span>
            {note && (note.own || mayAssign) && (
              <Popconfirm title={t('relistening.removeNote')} onConfirm={() => remove(note.id)}>
                <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t('common.remove')} data-testid="note-delete" />
              </Popconfirm>
            )}
          </div>
        );
      })}
    </div>
  );
}
