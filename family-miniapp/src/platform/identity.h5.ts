import { api } from '../state/session';

/** What the provider of identities wants before a registration. In the city app its log-in comes back with a code in the address. */
export async function proveIdentity(claim: { name: string; idNumber: string }): Promise<string | null> {
  const { way, url, credential } = await api.startIdentity({ body: claim });
  if (way !== 'city' || url === null) return credential;
  const code = new URLSearchParams(window.location.search).get('code');
  if (code) return code;
  window.location.assign(url);
  return new Promise(() => undefined);
}
