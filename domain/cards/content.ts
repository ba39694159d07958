import { QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider } from '@qinqiao/server-kit';
import { z } from 'zod';

const Content = z.object({ v: z.literal(1), card: z.string(), serial: z.string() });
export type CardContent = Omit<z.infer<typeof Content>, 'v'>;

const contextOf = (uid: string) => `card ${uid}`;

/** What is written onto a card: encrypted, with a MAC, bound to the card's own number. About 200 characters. */
export function sealContent(crypto: CryptoProvider, uid: string, { card, serial }: CardContent): Promise<string> {
  return crypto.encrypt(contextOf(uid), Buffer.from(JSON.stringify({ v: 1, card, serial })));
}

/** What was written onto the card with this number. Throws `card_invalid` when it was changed or copied from another card. */
export async function openContent(crypto: CryptoProvider, uid: string, payload: string): Promise<CardContent> {
  try {
    return Content.parse(JSON.parse((await crypto.decrypt(contextOf(uid), payload)).toString()));
  } catch (cause) {
    throw new QinqiaoError('card_invalid', { cause });
  }
}
