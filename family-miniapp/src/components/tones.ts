import type { HelpQuestion, LinkView } from '@qinqiao/contracts';
import type { Tone } from './parts';

export const LINK_TONES: Record<LinkView['state'], Tone> = {
  pending: 'wait',
  approved: 'good',
  refused: 'bad',
  withdrawn: 'plain',
  ended: 'bad',
};

export const HELP_TONES: Record<HelpQuestion['state'], Tone> = { open: 'wait', answered: 'good', closed: 'plain' };
