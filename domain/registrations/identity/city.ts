import { QinqiaoError } from '@qinqiao/contracts';
import { z } from 'zod';
import { askProvider } from './http.ts';
import type { IdentityClaim, IdentityProvider } from './port.ts';

export interface CityOptions {
  clientId: string;
  clientSecret: string;
  /** Where the user consents, where a code becomes a token, and where a token tells who he is. */
  authorizeUrl: string;
  tokenUrl: string;
  userUrl: string;
  /** Where the city app sends the user back to. */
  redirectUrl: string;
}

const Token = z.object({ access_token: z.string().min(1) });
/** The city's platform names them in one of these ways; the person may lie under `data`. */
const Person = z.object({
  name: z.string().optional(),
  realName: z.string().optional(),
  idNumber: z.string().optional(),
  idCard: z.string().optional(),
  userId: z.string().optional(),
  sub: z.string().optional(),
});
const Answer = Person.extend({ data: Person.optional() });
const OTHER = { zh: '与城市服务平台的实名信息不一致', en: 'Differs from the real name in the city app' };

/** The city app's log-in (OAuth 2.0 authorisation code, RFC 6749 §4.1): its accounts are real-name, checked by face there. */
export const cityIdentity = (options: CityOptions): IdentityProvider => ({
  way: 'city',
  start: () => {
    const url = new URL(options.authorizeUrl);
    const query = { response_type: 'code', client_id: options.clientId, redirect_uri: options.redirectUrl, scope: 'realname' };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return Promise.resolve({ verifyId: null, credential: null, url: url.href });
  },
  prove: async (claim, code) => {
    if (!code) throw new QinqiaoError('bad_request', { fields: { credential: 'required' } });
    const { data, ...flat } = await askProvider(new URL(options.userUrl), Answer, {
      headers: { authorization: `Bearer ${await tokenFor(options, code)}` },
    });
    const person = { ...flat, ...data };
    assertSame(claim, { name: person.realName ?? person.name, idNumber: person.idNumber ?? person.idCard });
    return { reference: person.userId ?? person.sub ?? null, face: 'match', vouched: true };
  },
});

async function tokenFor({ clientId, clientSecret, tokenUrl, redirectUrl }: CityOptions, code: string): Promise<string> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUrl, client_id: clientId, client_secret: clientSecret };
  return (await askProvider(new URL(tokenUrl), Token, { method: 'POST', body: new URLSearchParams(form) })).access_token;
}

function assertSame(claim: IdentityClaim, known: { name: string | undefined; idNumber: string | undefined }): void {
  if (known.name !== claim.name) throw new QinqiaoError('bad_request', { fields: { name: OTHER } });
  if (known.idNumber?.toUpperCase() !== claim.idNumber) throw new QinqiaoError('bad_request', { fields: { idNumber: OTHER } });
}
