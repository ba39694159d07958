import { SyncOutlined } from '@ant-design/icons';
import type { TranscriptionView } from '@qinqiao/contracts';
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Popconfirm, Tag, Tooltip } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const COLOURS = { queued: 'default', running: 'processing', done: 'success', failed: 'error' } as const;

/** How far a conversation's transcription is, with a button that asks for it (anew). */
export function TranscriptionState({
  id,
  work,
  hasText,
}: {
  id: string;
  work: UseQueryResult<TranscriptionView | null>;
  hasText: boolean;
}) {
  const t = useText();
  const mayAsk = useAllowed('transcription.edit');
  const { act, busy } = useAct();
  const now = work.data ?? null;
  const ask = () =>
    void act(async () => {
      await api.requestTranscription({ params: { id } });
      await work.refetch();
    }, t('transcripts.transcription.asked'));
  const waiting = now?.state === 'queued' || now?.state === 'running';
  const button = (
    <Button size="small" icon={<SyncOutlined />} loading={busy} {...(hasText ? {} : { onClick: ask })} data-testid="transcribe">
      {t(hasText ? 'transcripts.transcription.ask' : 'transcripts.transcription.askFirst')}
    </Button>
  );
  return (
    <>
      {now && <State now={now} t={t} />}
      {!now && !hasText && <Tag>{t('transcripts.transcription.none')}</Tag>}
      {mayAsk && !waiting && work.isSuccess && (
        <>
          {hasText ? (
            <Popconfirm title={t('transcripts.transcription.askSure')} onConfirm={ask}>
              {button}
            </Popconfirm>
          ) : (
            button
          )}
        </>
      )}
    </>
  );
}

function State({ now, t }: { now: TranscriptionView; t: Translate }) {
  const { state, progress, paused, error, gapsLeft } = now;
  const text =
    paused && state === 'queued'
      ? t('transcripts.transcription.paused')
      : t(`transcripts.transcription.${state}`, { percent: Math.round(progress * 100) });
  return (
    <Tooltip title={error ?? (state === 'done' && gapsLeft > 0 ? t('transcripts.transcription.gapsLeft', { count: gapsLeft }) : null)}>
      <Tag color={COLOURS[state]} data-testid="transcription-state" data-state={state}>
        {text}
      </Tag>
    </Tooltip>
  );
}
