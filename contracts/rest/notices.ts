import { z } from 'zod';
import type { Role } from '../calls.ts';
import { Instant, Localised } from '../ids.ts';
import {
  NoticeChannelName,
  NoticeEvent,
  NoticeLanguage,
  NoticeProblem,
  NoticeProvider,
  NoticeState,
  NoticeTemplateContent,
} from '../notices.ts';
import { Day } from '../person-fields.ts';
import { IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

const FAMILY: Role[] = ['family'];

/** One notice of one channel, without its content. */
export const NoticeView = z.object({
  id: z.string(),
  event: NoticeEvent,
  channel: NoticeChannelName,
  state: NoticeState,
  provider: NoticeProvider.nullable(),
  familyId: z.string(),
  familyName: z.string(),
  prisonName: z.string().nullable(),
  appointmentId: z.string().nullable(),
  language: NoticeLanguage,
  urgent: z.boolean(),
  attempts: z.number().int(),
  problem: NoticeProblem.nullable(),
  createdAt: Instant,
  /** When it is tried next; null when it will not be. */
  nextAt: Instant.nullable(),
  sentAt: Instant.nullable(),
  canSendAgain: z.boolean(),
});
export type NoticeView = z.infer<typeof NoticeView>;

export const NoticeDetail = NoticeView.extend({
  /** As it was or will be sent, names of inmates masked. */
  title: Localised,
  text: Localised,
  /** Where to, masked; empty in the app. */
  address: z.string(),
  /** What the provider knows it by, or said of it. */
  providerId: z.string().nullable(),
  providerSaid: z.string().nullable(),
  usefulUntil: Instant.nullable(),
});
export type NoticeDetail = z.infer<typeof NoticeDetail>;

export const NoticeTemplateView = z.object({
  event: NoticeEvent,
  content: NoticeTemplateContent,
  /** 0: as it was delivered. */
  version: Version,
  updatedAt: Instant.nullable(),
  updatedBy: z.string().nullable(),
});
export type NoticeTemplateView = z.infer<typeof NoticeTemplateView>;

export const NoticeSettings = z.object({
  language: NoticeLanguage,
  /** Whether WeChat messages can reach this person. */
  wechat: z.boolean(),
  /** What the mini-program asks WeChat's consent for (`wx.requestSubscribeMessage`); empty where WeChat messages are not used. */
  wechatTemplates: z.array(z.string()),
});
export type NoticeSettings = z.infer<typeof NoticeSettings>;

/** What families were told, with which words, and how they want to be told. */
export const noticeRest = {
  listNotices: {
    method: 'get',
    path: '/api/notices',
    roles: OFFICER,
    permission: 'notice.read',
    query: Page.extend({
      state: NoticeState.optional(),
      channel: NoticeChannelName.optional(),
      event: NoticeEvent.optional(),
      /** Local days on which they were made, both inclusive. */
      from: Day.optional(),
      to: Day.optional(),
      /** The beginning of the family member's name. */
      text: SearchText.optional(),
      familyId: z.string().min(1).max(32).optional(),
      appointmentId: z.string().min(1).max(32).optional(),
    }),
    response: list(NoticeView),
  },
  getNotice: {
    method: 'get',
    path: '/api/notices/:id',
    roles: OFFICER,
    permission: 'notice.read',
    params: IdParams,
    response: NoticeDetail,
  },
  sendNoticeAgain: {
    method: 'post',
    path: '/api/notices/:id/send-again',
    roles: OFFICER,
    permission: 'notice.edit',
    idempotent: true,
    params: IdParams,
    response: NoticeDetail,
  },
  /** All of them, with who carries each channel's notices in this installation. */
  listNoticeTemplates: {
    method: 'get',
    path: '/api/notice-templates',
    roles: OFFICER,
    permission: 'notice.read',
    response: z.object({ items: z.array(NoticeTemplateView), providers: z.record(NoticeChannelName, NoticeProvider) }),
  },
  saveNoticeTemplate: {
    method: 'put',
    path: '/api/notice-templates/:event',
    roles: OFFICER,
    permission: 'notice.edit',
    params: z.object({ event: NoticeEvent }),
    body: z.object({ content: NoticeTemplateContent, version: Version }),
    response: NoticeTemplateView,
  },
  getMyNoticeSettings: { method: 'get', path: '/api/my/notice-settings', roles: FAMILY, response: NoticeSettings },
  setMyNoticeSettings: {
    method: 'put',
    path: '/api/my/notice-settings',
    roles: FAMILY,
    body: z.object({
      language: NoticeLanguage,
      /** Of `wx.login`, to be reached by WeChat messages. */
      wechatCode: z.string().min(1).max(128).optional(),
    }),
    response: NoticeSettings,
  },
} as const satisfies Record<string, RestEndpoint>;
