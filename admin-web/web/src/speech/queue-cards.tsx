import { PauseCircleOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { type TranscriptionPriority, TRANSCRIPTION_PRIORITIES, type TranscriptionQueues } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Popconfirm, Tag } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import './speech.css';

export const QUEUES_KEY = ['transcription-queues'];
const REFRESH_MS = 2000;
type Queue = TranscriptionQueues['queues'][number];

const useQueues = () => useQuery({ queryKey: QUEUES_KEY, queryFn: () => api.transcriptionQueues(), refetchInterval: REFRESH_MS });

/** What waits in which queue, and bringing queues to a stand. */
export function QueueCards() {
  const t = useText();
  const { data } = useQueues();
  const mayEdit = useAllowed('transcription.edit');
  if (!data) return null;
  return (
    <div className="transcription-queues">
      {data.queues.map((queue) => (
        <Card key={queue.priority} size="small" data-testid={`queue-${queue.priority}`}>
          <div className="transcription-queue-head">
            <b>{t(`transcriptions.priorities.${queue.priority}`)}</b>
            {queue.paused && <Tag color="gold">{t('transcriptions.paused')}</Tag>}
            {mayEdit && <Pause queue={queue} />}
          </div>
          {t('transcriptions.queue', { queued: queue.queued, running: queue.running, failed: queue.failed })}
        </Card>
      ))}
    </div>
  );
}

function usePause() {
  const queries = useQueryClient();
  const { act, busy } = useAct();
  const pause = async (priorities: readonly TranscriptionPriority[], paused: boolean) => {
    await act(() => api.pauseTranscriptions({ body: { priorities: [...priorities], paused } }));
    await queries.invalidateQueries({ queryKey: QUEUES_KEY });
  };
  return { pause, busy };
}

function Pause({ queue: { priority, paused } }: { queue: Queue }) {
  const t = useText();
  const { pause, busy } = usePause();
  const label = paused ? t('transcriptions.resume') : t('transcriptions.pause');
  if (paused) {
    return (
      <Button
        size="small"
        type="text"
        icon={<PlayCircleOutlined />}
        aria-label={label}
        title={label}
        loading={busy}
        onClick={() => void pause([priority], false)}
      />
    );
  }
  return (
    <Popconfirm
      title={t('transcriptions.pauseAsk')}
      description={t('transcriptions.pauseText')}
      onConfirm={() => void pause([priority], true)}
    >
      <Button size="small" type="text" icon={<PauseCircleOutlined />} aria-label={label} title={label} loading={busy} />
    </Popconfirm>
  );
}

/** All queues at once. */
export function PauseAll() {
  const t = useText();
  const { data } = useQueues();
  const mayEdit = useAllowed('transcription.edit');
  const { pause, busy } = usePause();
  if (!data || !mayEdit) return null;
  const isPaused = data.queues.every(({ paused }) => paused);
  if (isPaused) {
    return (
      <Button loading={busy} onClick={() => void pause(TRANSCRIPTION_PRIORITIES, false)} data-testid="queues-resume">
        {t('transcriptions.resumeAll')}
      </Button>
    );
  }
  return (
    <Popconfirm
      title={t('transcriptions.pauseAll')}
      description={t('transcriptions.pauseText')}
      onConfirm={() => void pause(TRANSCRIPTION_PRIORITIES, true)}
    >
      <Button loading={busy} data-testid="queues-pause">
        {t('transcriptions.pauseAll')}
      </Button>
    </Popconfirm>
  );
}
