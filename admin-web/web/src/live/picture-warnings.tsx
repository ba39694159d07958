import { type CallClient, type CallSnapshot, formatDuration } from '@qinqiao/client-sdk';
import type { CallView, PictureWarning } from '@qinqiao/contracts';
import { Badge, Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { Still } from '../pictures/still.tsx';
import { KindName } from '../pictures/tags.tsx';
import { HoldPictureButton } from './picture-hold.tsx';

const STILL_WIDTH = 150;

/** What the server noticed in the pictures, the newest on top; nothing is shown before there is something. */
export function PictureWarnings({ client, snapshot, call }: { client: CallClient; snapshot: CallSnapshot; call: CallView }) {
  const t = useText();
  const { warnings, phase } = snapshot;
  if (warnings.length === 0) return null;
  return (
    <section className="panel live-panel picture-warnings" aria-live="assertive" data-testid="picture-warnings">
      <header>
        <h2>{t('pictures.title')}</h2>
        <Badge count={warnings.length} />
      </header>
      <div className="scroll live-scroll">
        {warnings.toReversed().map((warning, index) => (
          <WarningItem key={warning.id} warning={warning} isNewest={index === 0}>
            <HoldPictureButton
              client={client}
              party={warning.party}
              held={call.pictureHolds.includes(warning.party)}
              disabled={phase !== 'joined'}
            />
          </WarningItem>
        ))}
      </div>
    </section>
  );
}

/** The newest comes with its still; older ones show theirs when asked, as each look is recorded. */
function WarningItem({ warning, isNewest, children }: { warning: PictureWarning; isNewest: boolean; children: ReactNode }) {
  const t = useText();
  const mayLook = useAllowed('picture.review');
  const [asked, setAsked] = useState(false);
  const { id, party, kind, atMs } = warning;
  return (
    <article className="picture-warning" data-testid="picture-warning" data-kind={kind} data-party={party}>
      <div className="picture-warning-text">
        <b>
          <KindName kind={kind} />
        </b>
        <span>
          <span className={`speaker-${party}`}>{t(`role.${party}`)}</span> <time className="digits">{formatDuration(atMs)}</time>
        </span>
        {isNewest && children}
      </div>
      {mayLook && (isNewest || asked) && <Still id={id} width={STILL_WIDTH} />}
      {mayLook && !isNewest && !asked && (
        <Button size="small" type="link" onClick={() => setAsked(true)}>
          {t('pictures.showStill')}
        </Button>
      )}
    </article>
  );
}
