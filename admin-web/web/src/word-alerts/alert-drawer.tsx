import { formatDuration } from '@qinqiao/client-sdk';
import type { WordAlertView } from '@qinqiao/contracts';
import { Button, Descriptions, Drawer, Input, Space } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Sentence, VerdictTag, WordOf } from './alert-line.tsx';

interface Props {
  alert: WordAlertView | null;
  onClose: () => void;
  onChanged: (alert: WordAlertView) => void;
}

/** One alert with its sentence, to be acknowledged and judged. */
export function AlertDrawer({ alert, onClose, onChanged }: Props) {
  return (
    <Drawer
      open={alert !== null}
      onClose={onClose}
      size={520}
      destroyOnHidden
      title={alert && <WordOf alert={alert} />}
      footer={alert && <Acts key={alert.id} alert={alert} onChanged={onChanged} />}
    >
      {alert && <Facts alert={alert} />}
    </Drawer>
  );
}

function Facts({ alert }: { alert: WordAlertView }) {
  const t = useText();
  const { callId, running, note, speaker, raisedAt, atMs, inmateName, familyName, prisonName, roomName } = alert;
  const { ackedByName, ackedAt, escalatedAt, verdict, judgedByName, judgedAt, judgeNote } = alert;
  const to = running ? `/live/${callId}` : `/relistening/${callId}?at=${Math.max(0, atMs - 3000)}`;
  const items = [
    { key: 'text', label: t('wordAlerts.text'), children: <Sentence alert={alert} /> },
    { key: 'who', label: t('wordAlerts.who'), children: <span className={`speaker-${speaker}`}>{t(`role.${speaker}`)}</span> },
    { key: 'meaning', label: t('wordAlerts.meaning'), children: note || '—' },
    { key: 'at', label: t('wordAlerts.at'), children: momentOf(raisedAt) },
    { key: 'second', label: t('wordAlerts.second'), children: <span className="digits">{formatDuration(atMs)}</span> },
    {
      key: 'call',
      label: t('wordAlerts.call'),
      children: (
        <span>
          {t('common.bracketed', { text: `${inmateName} — ${familyName}`, more: [prisonName, roomName].filter(Boolean).join(' · ') })}{' '}
          <Link to={to}>{t(running ? 'wordAlerts.watch' : 'wordAlerts.listen')}</Link>
        </span>
      ),
    },
    ...(escalatedAt
      ? [{ key: 'escalated', label: t('wordAlerts.escalated'), children: t('wordAlerts.escalatedAt', { time: momentOf(escalatedAt) }) }]
      : []),
    {
      key: 'state',
      label: t('wordAlerts.state'),
      children:
        ackedByName && ackedAt
          ? t('wordAlerts.ackedAt', { name: ackedByName, time: momentOf(ackedAt) })
          : t(alert.open ? 'wordAlerts.openState' : 'wordAlerts.closedState'),
    },
    {
      key: 'verdict',
      label: t('wordAlerts.verdict'),
      children: (
        <>
          <VerdictTag verdict={verdict} />{' '}
          {judgedByName && judgedAt && (
            <span className="muted">{t('wordAlerts.judgedBy', { name: judgedByName, time: momentOf(judgedAt) })}</span>
          )}{' '}
          {judgeNote}
        </>
      ),
    },
  ];
  return <Descriptions column={1} size="small" items={items} data-testid="alert-detail" />;
}

function Acts({ alert, onChanged }: { alert: WordAlertView; onChanged: Props['onChanged'] }) {
  const t = useText();
  const { busy, act } = useAct();
  const mayAcknowledge = useAllowed('alert.handle');
  const mayJudge = useAllowed('alert.review');
  const [note, setNote] = useState(alert.judgeNote);
  const acknowledge = () =>
    void act(async () => {
      const { items } = await api.acknowledgeWordAlerts({ body: { ids: [alert.id] } });
      if (items[0]) onChanged({ ...alert, ...items[0] });
    }, t('wordAlerts.acknowledged'));
  const judge = (verdict: WordAlertView['verdict']) =>
    void act(
      async () => onChanged(await api.judgeWordAlert({ params: { id: alert.id }, body: { verdict, note } })),
      t('wordAlerts.judged'),
    );
  return (
    <div className="alert-acts">
      {mayJudge && (
        <Input
          value={note}
          onChange={(event) => setNote(event.target.value)}
          maxLength={200}
          placeholder={t('wordAlerts.notePlaceholder')}
          aria-label={t('wordAlerts.note')}
        />
      )}
      <Space wrap>
        {mayAcknowledge && alert.ackedAt === null && (
          <Button type="primary" loading={busy} onClick={acknowledge} data-testid="drawer-acknowledge">
            {t('wordAlerts.acknowledge')}
          </Button>
        )}
        {mayJudge && (
          <>
            <Button
              type={alert.verdict === 'right' ? 'primary' : 'default'}
              loading={busy}
              onClick={() => judge('right')}
              data-testid="alert-right"
            >
              {t('wordAlerts.verdicts.right')}
            </Button>
            <Button
              danger
              type={alert.verdict === 'wrong' ? 'primary' : 'default'}
              loading={busy}
              onClick={() => judge('wrong')}
              data-testid="alert-wrong"
            >
              {t('wordAlerts.verdicts.wrong')}
            </Button>
          </>
        )}
        {mayJudge && alert.verdict !== 'open' && (
          <Button type="text" loading={busy} onClick={() => judge('open')}>
            {t('wordAlerts.takeBack')}
          </Button>
        )}
      </Space>
    </div>
  );
}
