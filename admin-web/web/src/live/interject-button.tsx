import { AudioOutlined, LoadingOutlined } from '@ant-design/icons';
import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import type { ControlsProps } from './controls-props.ts';

/** Speaks into the call: push to begin, push to end. While it is on nobody can overlook it. */
export function InterjectButton({ client, snapshot }: ControlsProps) {
  const t = useText();
  const { act } = useAct();
  const [camera, setCamera] = useState(false);
  const { interject, phase, call } = snapshot;
  const other = interject === 'off' && call?.officerSpeaking === true;
  const text = { off: t('live.interject'), starting: t('live.interjectStarting'), on: t('live.interjectOn') }[interject];
  return (
    <div className="interject">
      <Button
        type={interject === 'off' ? 'default' : 'primary'}
        danger={interject === 'on'}
        className={interject === 'on' ? 'on-air' : ''}
        icon={interject === 'starting' ? <LoadingOutlined /> : <AudioOutlined />}
        aria-pressed={interject === 'on'}
        disabled={phase !== 'joined' || interject === 'starting' || other}
        onClick={() => void act(() => client.interject(interject === 'off', { camera }))}
        data-testid="interject"
        data-state={interject}
      >
        {text}
      </Button>
      {interject === 'off' && !other && (
        <Checkbox checked={camera} onChange={(event) => setCamera(event.target.checked)} data-testid="interject-picture">
          {t('live.interjectPicture')}
        </Checkbox>
      )}
      {interject === 'on' && <span className="on-air-text">{t('live.onAir')}</span>}
      {other && <span className="muted">{t('live.otherOfficer')}</span>}
    </div>
  );
}
