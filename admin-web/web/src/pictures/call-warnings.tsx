import { formatDuration } from '@qinqiao/client-sdk';
import type { CallId, PictureWarningView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Empty, Spin, Tag } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { KindName, VerdictTag } from './tags.tsx';
import { WarningDrawer } from './warning-drawer.tsx';
import './pictures.css';

const MOST = 100;

/** The picture warnings of one call; a tap on the time jumps there in its recording. */
export function CallWarnings({ callId, onSeek }: { callId: CallId; onSeek: (callMs: number) => void }) {
  const t = useText();
  const queries = useQueryClient();
  const [open, setOpen] = useState<PictureWarningView | null>(null);
  const queryKey = ['picture-warnings', { callId }];
  const warnings = useQuery({ queryKey, queryFn: () => api.listPictureWarnings({ query: { callId, limit: MOST } }) });
  if (warnings.isError) return <ErrorView error={warnings.error} onRetry={() => void warnings.refetch()} />;
  if (!warnings.data) return <Spin />;
  if (warnings.data.items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('pictures.noneInCall')} />;
  const onJudged = (warning: PictureWarningView) => {
    setOpen(warning);
    void queries.invalidateQueries({ queryKey });
  };
  return (
    <div data-testid="call-warnings">
      {warnings.data.items.toReversed().map((warning) => (
        <div className="call-warning" key={warning.id} data-testid="warning-row">
          <Button type="link" size="small" className="digits" onClick={() => onSeek(warning.atMs)}>
            {formatDuration(warning.atMs)}
          </Button>
          <span className={`speaker-${warning.party}`}>{t(`role.${warning.party}`)}</span>
          <b>
            <KindName kind={warning.kind} />
          </b>
          {warning.held && <Tag color="red">{t('pictures.wasHeld')}</Tag>}
          <VerdictTag verdict={warning.verdict} />
          <Button type="link" size="small" onClick={() => setOpen(warning)} data-testid="warning-open">
            {t('pictures.look')}
          </Button>
        </div>
      ))}
      <WarningDrawer warning={open} onClose={() => setOpen(null)} onJudged={onJudged} />
    </div>
  );
}
