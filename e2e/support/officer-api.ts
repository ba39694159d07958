import { createApi } from '@qinqiao/client-sdk';
import type { RestOutput } from '@qinqiao/contracts';
import type { Installation } from './installation.ts';

/** The REST API as an officer of the demo prison. */
export async function officerApi(installation: Installation) {
  let token: string | null = null;
  const api = createApi({ baseUrl: installation.url, getToken: () => token });
  const [login] = installation.logins.officers;
  if (!login) throw new Error('no officer');
  const opened = await api.loginOfficer({ body: { account: login.account, password: login.password } });
  if (!('token' in opened)) throw new Error('the demo officer has a second factor');
  token = opened.token;
  return api;
}
export type OfficerApi = Awaited<ReturnType<typeof officerApi>>;

/** Waits until the recording's files are made. Throws when they could not be. */
export async function untilRecorded(api: OfficerApi, callId: string, limitMs = 90_000): Promise<RestOutput<'getRecording'>> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const recording = await api.getRecording({ params: { id: callId } });
    if (recording.state === 'ready') return recording;
    if (recording.state === 'failed' || Date.now() > deadline) throw new Error(`The recording is ${recording.state}: ${recording.error}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
