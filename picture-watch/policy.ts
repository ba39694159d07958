import { type MaskPolicy, PARAMETERS, type Party, type PictureWarningKind } from '@qinqiao/contracts';
import { readParameters } from '@qinqiao/domain/settings';
import type { Db } from '@qinqiao/server-kit';

export interface Policy {
  hits: number;
  nobodyMs: number;
  /** 0 to 1. */
  likeness: number;
  /** What may be behind the inmate. */
  masks: MaskPolicy[];
  holds: Record<Party, boolean>;
}

const KEYS = [
  'picture.hits',
  'picture.nobodySeconds',
  'picture.holdFamily',
  'picture.holdInmate',
  'picture.maskMode',
  'picture.maskColour',
  'face.likeness',
] as const;

export async function readPolicy(db: Db): Promise<Policy> {
  const values = await readParameters(db, KEYS);
  return {
    hits: values['picture.hits'],
    nobodyMs: values['picture.nobodySeconds'] * 1000,
    likeness: values['face.likeness'] / 100,
    masks: masksOf({ mode: values['picture.maskMode'], colour: values['picture.maskColour'] }),
    holds: { inmate: values['picture.holdInmate'] === 'on', family: values['picture.holdFamily'] === 'on' },
  };
}

/** A tablet that joined before the colour was changed has another one: all that are offered hide as well. */
const masksOf = ({ mode, colour }: MaskPolicy): MaskPolicy[] => [
  { mode, colour },
  ...PARAMETERS['picture.maskColour'].schema.options.map((offered) => ({ mode: 'colour' as const, colour: offered })),
];

/** Nobody being there is nothing to hide. */
export const mustHold = ({ holds }: Policy, party: Party, kind: PictureWarningKind): boolean => kind !== 'nobody' && holds[party];
