import { CaretRightOutlined } from '@ant-design/icons';
import { LONGEST_LINE, QinqiaoError, type TranscriptLine } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Timeline } from 'antd';
import { momentOf } from '../components/format.ts';
import { FormModal } from '../components/form-modal.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  conversationId: string;
  line: TranscriptLine | null;
  /** Who may only read sees the versions. */
  mayCorrect: boolean;
  onClose: () => void;
  onCorrected: (line: TranscriptLine) => void;
  onConflict: () => void;
  onListen: (line: TranscriptLine) => void;
}
interface Values {
  text: string;
  reason?: string;
}

/** What an officer heard in the place of what was recognised, with every version before. */
export function CorrectForm({ conversationId, line, mayCorrect, onClose, onCorrected, onConflict, onListen }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const save = async ({ text, reason }: Values) => {
    if (!line || !mayCorrect) return;
    const params = { id: conversationId, segmentId: line.id };
    try {
      onCorrected(await api.correctTranscript({ params, body: { text, reason: reason ?? '', version: line.version } }));
      message.success(t('transcripts.correction.saved'));
    } catch (error) {
      if (error instanceof QinqiaoError && error.code === 'edit_conflict') {
        onConflict();
        message.warning(t('transcripts.correction.conflict'));
      }
      throw error;
    }
  };
  return (
    <FormModal<Values>
      key={line ? `${line.id} ${line.version}` : 'none'}
      title={t('transcripts.correction.title')}
      open={line !== null}
      onClose={onClose}
      initial={{ text: line?.mark === 'gap' ? '' : (line?.text ?? ''), reason: '' }}
      onSave={save}
      testId="correct-form"
    >
      <Alert type="info" showIcon title={t('transcripts.correction.hint')} className="correct-hint" />
      <Form.Item name="text" label={t('transcripts.correction.text')} rules={[{ required: true, whitespace: true, max: LONGEST_LINE }]}>
        <Input.TextArea autoSize={{ minRows: 3 }} maxLength={LONGEST_LINE} disabled={!mayCorrect} data-testid="correct-text" />
      </Form.Item>
      {line && (
        <Button icon={<CaretRightOutlined />} onClick={() => onListen(line)} className="correct-listen">
          {t('transcripts.correction.listen')}
        </Button>
      )}
      <Form.Item name="reason" label={t('transcripts.correction.reason')}>
        <Input maxLength={200} disabled={!mayCorrect} data-testid="correct-reason" />
      </Form.Item>
      {line && line.version > 0 && <Versions conversationId={conversationId} line={line} t={t} />}
    </FormModal>
  );
}

function Versions({ conversationId, line, t }: { conversationId: string; line: TranscriptLine; t: Translate }) {
  const { data } = useQuery({
    queryKey: ['corrections', line.id, line.version],
    queryFn: () => api.listCorrections({ params: { id: conversationId, segmentId: line.id } }),
  });
  const versions = data?.items ?? [];
  const items = [
    ...versions.slice(0, 1).map(({ before }) => ({ title: t('transcripts.correction.original'), text: before, reason: '' })),
    ...versions.map(({ version, officerName, at, after, reason }) => ({
      title: t('transcripts.correction.version', { version, name: officerName, time: momentOf(at) }),
      text: after,
      reason,
    })),
  ];
  return (
    <>
      <h4>{t('transcripts.correction.history')}</h4>
      <Timeline
        items={items.map(({ title, text, reason }, index) => ({
          key: index,
          content: (
            <div data-testid="transcript-version">
              <small className="muted">
                {title}
                {reason && ` · ${reason}`}
              </small>
              <br />
              {text}
            </div>
          ),
        }))}
      />
    </>
  );
}
