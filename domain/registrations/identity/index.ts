import { type Clock, type Config, type CryptoProvider, dayOf } from '@qinqiao/server-kit';
import { cityIdentity } from './city.ts';
import { localIdentity } from './local.ts';
import type { IdentityProvider } from './port.ts';
import { WechatIdentity } from './wechat.ts';

export { cityIdentity, type CityOptions } from './city.ts';
export { localIdentity } from './local.ts';
export type * from './port.ts';
export { WechatIdentity, type WechatOptions } from './wechat.ts';

/** The provider that this installation is set up for. */
export function openIdentityProvider({ identity }: Pick<Config, 'identity'>, crypto: CryptoProvider, clock: Clock): IdentityProvider {
  if (identity.provider === 'wechat') return new WechatIdentity(identity.wechat, crypto, () => clock.now().getTime());
  if (identity.provider === 'city') return cityIdentity(identity.city);
  return localIdentity(() => dayOf(clock.now()));
}
