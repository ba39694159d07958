import { ClockCircleOutlined, MessageOutlined, PauseCircleOutlined, PlayCircleOutlined, StopOutlined } from '@ant-design/icons';
import type { CallClient } from '@qinqiao/client-sdk';
import { Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { CutOffModal } from './cut-off-modal.tsx';
import type { ControlsProps } from './controls-props.ts';
import { InterjectButton } from './interject-button.tsx';
import { MessageModal } from './message-modal.tsx';

const EXTENSIONS = [1, 3, 5, 10];

/** What an officer can do to the call. Every act happens on the server; here it is only asked for. */
export function Controls({ client, snapshot }: ControlsProps) {
  const t = useText();
  const [open, setOpen] = useState<'message' | 'cutOff' | null>(null);
  const disabled = snapshot.phase !== 'joined';
  return (
    <div className="panel controls" role="toolbar" aria-label={t('calls.action')}>
      <InterjectButton client={client} snapshot={snapshot} />
      <span className="controls-space" />
      <Button icon={<MessageOutlined />} disabled={disabled} onClick={() => setOpen('message')} data-testid="message-open">
        {t('live.message')}
      </Button>
      <Extend client={client} disabled={disabled} />
      <HoldButton client={client} snapshot={snapshot} />
      <Button danger type="primary" icon={<StopOutlined />} disabled={disabled} onClick={() => setOpen('cutOff')} data-testid="cutoff">
        {t('live.cutOff')}
      </Button>
      <MessageModal client={client} open={open === 'message'} onClose={() => setOpen(null)} />
      <CutOffModal client={client} open={open === 'cutOff'} onClose={() => setOpen(null)} />
    </div>
  );
}

function Extend({ client, disabled }: { client: CallClient; disabled: boolean }) {
  const t = useText();
  const { busy, act } = useAct();
  const items = EXTENSIONS.map((minutes) => ({
    key: String(minutes),
    label: <span data-testid={`extend-${minutes}`}>{t('live.extendBy', { minutes })}</span>,
    onClick: () => void act(() => client.extend(minutes), t('live.extended', { minutes })),
  }));
  return (
    <Dropdown menu={{ items }} trigger={['click']} disabled={disabled}>
      <Button icon={<ClockCircleOutlined />} loading={busy} data-testid="extend">
        {t('live.extend')}
      </Button>
    </Dropdown>
  );
}

function HoldButton({ client, snapshot }: ControlsProps) {
  const t = useText();
  const { busy, act } = useAct();
  const disabled = snapshot.phase !== 'joined';
  if (snapshot.call?.hold === 'officer') {
    return (
      <Button
        type="primary"
        icon={<PlayCircleOutlined />}
        loading={busy}
        disabled={disabled}
        onClick={() => void act(() => client.resume())}
        data-testid="resume"
      >
        {t('live.resume')}
      </Button>
    );
  }
  return (
    <Button
      icon={<PauseCircleOutlined />}
      loading={busy}
      disabled={disabled}
      onClick={() => void act(() => client.hold())}
      data-testid="hold"
    >
      {t('live.hold')}
    </Button>
  );
}
