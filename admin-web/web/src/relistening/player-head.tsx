import { ArrowLeftOutlined } from '@ant-design/icons';
import type { ConversationDetail } from '@qinqiao/contracts';
import { Button, Space, Switch, Tag } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Found } from './columns.tsx';
import { AttentionForm } from './attention-form.tsx';
import { HandOverForm } from './hand-over-form.tsx';
import type { placeIn } from './queue.ts';
import { ReopenForm } from './reopen-form.tsx';

interface Props {
  detail: ConversationDetail;
  place: ReturnType<typeof placeIn>;
  told: { share: number } | null;
  autoNext: boolean;
  onAutoNext: (on: boolean) => void;
  put: (detail: ConversationDetail) => void;
  again: () => Promise<void>;
  onFinish: () => void;
}

/** Who spoke with whom, where it stands in the queue, and what can be done with it. */
export function PlayerHead({ detail, place, told, autoNext, onAutoNext, put, again, onFinish }: Props) {
  const t = useText();
  const { act, busy } = useAct();
  const [form, setForm] = useState<'hand-over' | 'reopen' | 'attention' | null>(null);
  const { conversation, can, version } = detail;
  const { id } = conversation;
  const take = () => void act(async () => put(await api.takeConversation({ params: { id }, body: { version } })), t('relistening.taken'));
  return (
    <div className="page-head relisten-head">
      <Link to="/relistening" aria-label={t('relistening.back')} className="call-bar-back" data-testid="relisten-back">
        <ArrowLeftOutlined />
      </Link>
      <div className="relisten-who">
        <h1>
          {conversation.inmateName} — {conversation.familyName}
          <small className="muted">{t('common.bracketed', { text: '', more: conversation.relation })}</small>
        </h1>
        <small className="muted digits">
          {momentOf(conversation.startedAt)} · {conversation.wardName} · {conversation.inmateNumber}
        </small>
      </div>
      <Found conversation={conversation} t={t} />
      {told && (
        <Tag color="blue" data-testid="heard-share" data-share={told.share}>
          {t('relistening.player.heardOwn', { percent: Math.round(told.share * 100) })}
        </Tag>
      )}
      <span className="page-head-space" />
      {place.count > 1 && place.at >= 0 && (
        <label className="player-skip">
          <span className="muted">{t('relistening.queue', { at: place.at + 1, count: place.count })}</span>
          <Switch size="small" checked={autoNext} onChange={onAutoNext} data-testid="auto-next" />
          {t('relistening.autoNext')}
        </label>
      )}
      <Space>
        {can.take && (
          <Button loading={busy} onClick={take} data-testid="take">
            {t('relistening.take')}
          </Button>
        )}
        {can.handOver && (
          <Button onClick={() => setForm('hand-over')} data-testid="hand-over">
            {t('relistening.handOver')}
          </Button>
        )}
        {conversation.attentionReasons.length > 0 && (
          <Button onClick={() => setForm('attention')} data-testid="attention">
            {t(conversation.attention ? 'transcripts.attention.off' : 'transcripts.attention.on')}
          </Button>
        )}
        {can.reopen && (
          <Button onClick={() => setForm('reopen')} data-testid="reopen">
            {t('relistening.reopen')}
          </Button>
        )}
        {(can.finish || can.second) && (
          <Button type="primary" onClick={onFinish} data-testid="to-finish">
            {t(can.second ? 'relistening.finishSecond' : 'relistening.finish')}
          </Button>
        )}
      </Space>
      <HandOverForm detail={detail} open={form === 'hand-over'} onClose={() => setForm(null)} put={put} again={again} />
      <AttentionForm detail={detail} open={form === 'attention'} onClose={() => setForm(null)} put={put} />
      <ReopenForm detail={detail} open={form === 'reopen'} onClose={() => setForm(null)} put={put} />
    </div>
  );
}
