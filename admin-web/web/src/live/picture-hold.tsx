import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons';
import type { CallClient } from '@qinqiao/client-sdk';
import type { Party } from '@qinqiao/contracts';
import { Button, Tooltip } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';

interface Props {
  client: CallClient;
  party: Party;
  held: boolean;
  disabled: boolean;
}

/** Takes a party's picture from the other's screen with one tap, or gives it back. */
export function HoldPictureButton({ client, party, held, disabled }: Props) {
  const t = useText();
  const { busy, act } = useAct();
  const toggle = () => void act(() => client.holdPicture(party, !held), t(held ? 'pictures.released' : 'pictures.nowHeld'));
  return (
    <Tooltip title={held ? null : t('pictures.holdHint')}>
      <Button
        size="small"
        type={held ? 'primary' : 'default'}
        icon={held ? <EyeOutlined /> : <EyeInvisibleOutlined />}
        loading={busy}
        disabled={disabled}
        onClick={toggle}
        data-testid={`${held ? 'release' : 'hold'}-picture-${party}`}
      >
        {t(held ? 'pictures.release' : 'pictures.hold')}
      </Button>
    </Tooltip>
  );
}

/** Over the picture: whether the other side sees it. */
export function PictureHold(props: Props) {
  const t = useText();
  return (
    <div className={props.held ? 'picture-hold is-held' : 'picture-hold'} data-testid={`picture-hold-${props.party}`}>
      {props.held && <span role="status">{t('pictures.heldNow')}</span>}
      <HoldPictureButton {...props} />
    </div>
  );
}
