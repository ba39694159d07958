/** What a key does in the player. */
export type PlayerKey =
  | 'toggle'
  | 'back'
  | 'on'
  | 'farBack'
  | 'farOn'
  | 'slower'
  | 'faster'
  | 'abnormal'
  | 'note'
  | 'bookmark'
  | 'next'
  | 'previous'
  | 'silence'
  | 'help';

const KEYS: Record<string, PlayerKey> = {
  ' ': 'toggle',
  ArrowLeft: 'back',
  ArrowRight: 'on',
  'shift ArrowLeft': 'farBack',
  'shift ArrowRight': 'farOn',
  '[': 'slower',
  ']': 'faster',
  m: 'abnormal',
  n: 'note',
  b: 'bookmark',
  j: 'next',
  k: 'previous',
  s: 'silence',
  '?': 'help',
  'shift ?': 'help',
};

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** What was pressed; null for keys that mean nothing here, and those of the browser. */
export function playerKey({ key, shiftKey, ctrlKey, altKey, metaKey }: Pressed): PlayerKey | null {
  if (ctrlKey || altKey || metaKey) return null;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return KEYS[shiftKey ? `shift ${name}` : name] ?? (shiftKey && key.length === 1 ? (KEYS[name] ?? null) : null);
}

/** What controls that nobody writes in do with keys themselves. */
const OWN: Record<string, readonly PlayerKey[]> = { checkbox: ['toggle'], radio: ['toggle', 'back', 'on'] };

/** Whether somebody is writing or choosing with this key: then it is his. */
export function isBusy(target: EventTarget | null, key: PlayerKey): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const own = target instanceof HTMLInputElement ? OWN[target.type] : undefined;
  if (own) return own.includes(key) || target.closest('[role=dialog]') !== null;
  return target.isContentEditable || target.closest('input, textarea, select, [role=combobox], [role=dialog], .ant-select') !== null;
}

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3] as const;

/** The next speed up (1) or down (-1). */
export function nextSpeed(speed: number, step: 1 | -1): number {
  const at = SPEEDS.findIndex((one) => one >= speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? SPEEDS.length - 1 : at) + step))] ?? speed;
}
