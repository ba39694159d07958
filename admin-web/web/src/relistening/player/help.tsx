import { Modal } from 'antd';
import { useText } from '../../i18n/index.ts';

const ROWS = [
  ['toggle', ['space']],
  ['step', ['←', '→']],
  ['far', ['Shift ←', 'Shift →']],
  ['speed', ['[', ']']],
  ['abnormal', ['M']],
  ['note', ['N']],
  ['bookmark', ['B']],
  ['queue', ['J', 'K']],
  ['silence', ['S']],
  ['help', ['?']],
] as const;

export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useText();
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('relistening.player.help')} width={420}>
      <dl className="keys-list" data-testid="keys">
        {ROWS.map(([name, keys]) => (
          <div key={name}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key === 'space' ? t('relistening.keys.space') : key}</kbd>
              ))}
            </dt>
            <dd>{t(`relistening.keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
