import type { PictureWarning, PictureWarningView } from '@qinqiao/contracts';
import { formatDuration } from '@qinqiao/client-sdk';
import { Button, Descriptions, Drawer, Space } from 'antd';
import { Link } from 'react-router-dom';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Still } from './still.tsx';
import { KindName, VerdictTag } from './tags.tsx';

interface Props {
  warning: PictureWarningView | null;
  onClose: () => void;
  onJudged: (warning: PictureWarningView) => void;
}

/** One warning with its still, to be judged. */
export function WarningDrawer({ warning, onClose, onJudged }: Props) {
  const t = useText();
  return (
    <Drawer
      open={warning !== null}
      onClose={onClose}
      size={560}
      destroyOnHidden
      title={warning && <KindName kind={warning.kind} />}
      footer={warning && <Verdicts warning={warning} onJudged={onJudged} />}
    >
      {warning && (
        <div className="warning-detail" data-testid="warning-detail">
          <Still id={warning.id} width={510} />
          <p className="muted">{t('pictures.audited')}</p>
          <Descriptions column={1} size="small" items={factsOf(t, warning)} />
        </div>
      )}
    </Drawer>
  );
}

function factsOf(t: ReturnType<typeof useText>, warning: PictureWarningView) {
  const { party, people, raisedAt, atMs, held, inmateName, familyName, prisonName, callId, verdict, judgedByName, judgedAt } = warning;
  const judged = judgedByName && judgedAt ? t('pictures.judgedBy', { name: judgedByName, time: momentOf(judgedAt) }) : null;
  return [
    { key: 'party', label: t('pictures.party'), children: t(`role.${party}`) },
    { key: 'people', label: t('pictures.people'), children: people },
    { key: 'at', label: t('pictures.at'), children: momentOf(raisedAt) },
    { key: 'inCall', label: t('pictures.inCall'), children: <span className="digits">{formatDuration(atMs)}</span> },
    {
      key: 'call',
      label: t('pictures.call'),
      children: (
        <Link to={`/finished/${callId}`}>{t('common.bracketed', { text: `${inmateName} — ${familyName}`, more: prisonName })}</Link>
      ),
    },
    { key: 'held', label: t('pictures.held'), children: t(held ? 'common.yes' : 'common.no') },
    {
      key: 'verdict',
      label: t('pictures.verdict'),
      children: (
        <>
          <VerdictTag verdict={verdict} /> <span className="muted">{judged}</span>
        </>
      ),
    },
  ];
}

function Verdicts({ warning: { id, verdict }, onJudged }: { warning: PictureWarningView; onJudged: Props['onJudged'] }) {
  const t = useText();
  const { busy, act } = useAct();
  const judge = (given: PictureWarning['verdict']) =>
    void act(async () => onJudged(await api.judgePictureWarning({ params: { id }, body: { verdict: given } })), t('pictures.judged'));
  return (
    <Space>
      <Button type={verdict === 'right' ? 'primary' : 'default'} loading={busy} onClick={() => judge('right')} data-testid="judge-right">
        {t('pictures.verdicts.right')}
      </Button>
      <Button
        danger
        type={verdict === 'wrong' ? 'primary' : 'default'}
        loading={busy}
        onClick={() => judge('wrong')}
        data-testid="judge-wrong"
      >
        {t('pictures.verdicts.wrong')}
      </Button>
      {verdict !== 'open' && (
        <Button type="text" loading={busy} onClick={() => judge('open')}>
          {t('pictures.takeBack')}
        </Button>
      )}
    </Space>
  );
}
