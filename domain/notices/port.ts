import type { ExternalTemplate, NoticeChannelName, NoticeLanguage, NoticeParams, NoticeProblem, NoticeProvider } from '@qinqiao/contracts';

/** A notice as its channel gets it. */
export interface Outgoing {
  id: string;
  familyId: string;
  /** Phone number or openid; the family member's id in the app. */
  to: string;
  language: NoticeLanguage;
  params: NoticeParams;
  /** Filled in, in both languages. */
  title: { zh: string; en: string };
  text: { zh: string; en: string };
  /** The provider's code and variables. Null in the app. */
  template: ExternalTemplate | null;
  /** The page of the family app that it is about. */
  page: string;
  kind: 'booking' | 'reminder' | 'notice';
  key: string;
}

/** What became of an attempt. `said`: the provider's own words, never with an address in them. */
export type Delivery =
  | { outcome: 'delivered'; providerId: string | null }
  /** May work later. */
  | { outcome: 'later'; problem: NoticeProblem; said: string }
  | { outcome: 'failed'; problem: NoticeProblem; said: string };

/** A way to reach a family member. What is thrown counts as `later`. */
export interface NoticeChannel {
  readonly name: NoticeChannelName;
  readonly provider: NoticeProvider;
  send(notice: Outgoing): Promise<Delivery>;
}
export type NoticeChannels = Readonly<Record<NoticeChannelName, NoticeChannel>>;

export const later = (problem: NoticeProblem, said = ''): Delivery => ({ outcome: 'later', problem, said: said.slice(0, 300) });
export const failed = (problem: NoticeProblem, said = ''): Delivery => ({ outcome: 'failed', problem, said: said.slice(0, 300) });
