import { z } from 'zod';
import { Instant } from '../ids.ts';
import { IdNumber, OptionalNote, OptionalText, PersonName, PersonNumber, Phone, RequiredNote } from '../person-fields.ts';
import { Empty, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';
import { SessionView } from './identity.ts';
import { FAMILY } from './messages.ts';

const Id = z.string().min(1).max(32);
const Code = z.string().min(1).max(32);

/** A family member's own password: at least eight characters, letters and digits among them. */
export const FamilyPassword = z
  .string()
  .min(8)
  .max(128)
  .refine((text) => /[A-Za-z]/.test(text) && /\d/.test(text), 'password_simple');

/** Both sides of the ID card, proof of kinship, papers of a companion, and what else is asked for. */
export const PaperKind = z.enum(['id_front', 'id_back', 'kinship', 'companion', 'other']);
export type PaperKind = z.infer<typeof PaperKind>;
export const MOST_PAPER_BYTES = 8_000_000;
/** Of one family member. */
export const MOST_PAPERS = 40;
/** With one application. */
const PaperIds = z.array(Id).max(8).default([]);

export const PaperView = z.object({
  id: z.string(),
  kind: PaperKind,
  name: z.string(),
  type: z.string(),
  bytes: z.number().int(),
  at: Instant,
});
export type PaperView = z.infer<typeof PaperView>;

/** How somebody's real name was checked, and whether the face was compared with the ID photo. */
export const IdentityWay = z.enum(['local', 'wechat', 'city', 'prison']);
export type IdentityWay = z.infer<typeof IdentityWay>;
export const FaceState = z.enum(['not_compared', 'match', 'no_match']);
export type FaceState = z.infer<typeof FaceState>;

/** pending: waits for the officers · ended: taken back by an officer later · withdrawn: by the family. */
export const LinkState = z.enum(['pending', 'approved', 'refused', 'withdrawn', 'ended']);
export type LinkState = z.infer<typeof LinkState>;
export const CompanionState = LinkState;

const Relation = z.object({ code: z.string(), zh: z.string(), en: z.string() });
const linkBase = {
  id: z.string(),
  prisonId: z.string(),
  prisonName: z.string(),
  /** As they were typed: whether there is such an inmate is not told. */
  inmateNumber: z.string(),
  inmateName: z.string(),
  relation: Relation,
  note: z.string(),
  state: LinkState,
  /** Why it was refused or ended. */
  reason: z.string().nullable(),
  papers: z.array(PaperView),
  submittedAt: Instant,
  decidedAt: Instant.nullable(),
  version: Version,
};
export const LinkView = z.object(linkBase);
export type LinkView = z.infer<typeof LinkView>;

export const ApplicantView = z.object({
  id: z.string(),
  name: z.string(),
  /** Masked. */
  idNumber: z.string(),
  phone: z.string(),
  identity: IdentityWay,
  face: FaceState,
});
export type ApplicantView = z.infer<typeof ApplicantView>;

/** As officers see it. */
export const LinkRecord = z.object({
  ...linkBase,
  family: ApplicantView,
  /** The inmate that number and name fit, once there is one. */
  inmate: z.object({ id: z.string(), name: z.string(), number: z.string(), wardName: z.string() }).nullable(),
  caseId: z.string().nullable(),
});
export type LinkRecord = z.infer<typeof LinkRecord>;

const companionBase = {
  id: z.string(),
  name: z.string(),
  /** Masked. */
  idNumber: z.string(),
  relation: Relation,
  /** Today. */
  minor: z.boolean(),
  guardian: z.string(),
  state: CompanionState,
  reason: z.string().nullable(),
  papers: z.array(PaperView),
  submittedAt: Instant,
  decidedAt: Instant.nullable(),
  version: Version,
};
export const CompanionView = z.object(companionBase);
export type CompanionView = z.infer<typeof CompanionView>;
export const CompanionRecord = z.object({
  ...companionBase,
  prisonName: z.string(),
  family: ApplicantView,
  caseId: z.string().nullable(),
});
export type CompanionRecord = z.infer<typeof CompanionRecord>;

/** An inmate a family member is linked to. */
export const OwnInmate = z.object({
  id: z.string(),
  name: z.string(),
  number: z.string(),
  prisonId: z.string(),
  prisonName: z.string(),
  relation: z.string(),
  /** What the allowlist lets them do today. */
  kinds: z.array(z.enum(['video', 'visit', 'phone'])),
});
export type OwnInmate = z.infer<typeof OwnInmate>;

const Claim = z.object({ name: PersonName, idNumber: IdNumber });
export const NewRegistration = Claim.extend({
  phone: Phone,
  password: FamilyPassword,
  /** What the provider of identities gave: see `startIdentity`. */
  credential: z.string().max(4000).optional(),
  /** The user agreement and the privacy notice. */
  agreed: z.literal(true),
});
export type NewRegistration = z.output<typeof NewRegistration>;

export const LinkInput = z.object({
  prisonId: Id,
  inmateNumber: PersonNumber,
  inmateName: PersonName,
  relation: Code,
  note: OptionalNote(200),
  paperIds: PaperIds,
});
export type LinkInput = z.output<typeof LinkInput>;

const companionInput = {
  name: PersonName,
  relation: Code,
  /** Of a minor: who answers for him. */
  guardian: OptionalText(64),
  /** For a visit to whom: that prison reviews it. */
  inmateId: Id,
  paperIds: PaperIds,
};
export const CompanionInput = z.object({ ...companionInput, idNumber: IdNumber });
export type CompanionInput = z.output<typeof CompanionInput>;
/** Applying again; without `idNumber` it stays as it is. */
export const CompanionChange = z.object({ ...companionInput, idNumber: IdNumber.optional(), version: Version });
export type CompanionChange = z.output<typeof CompanionChange>;

const Ending = z.object({ reason: RequiredNote(200), version: Version });
const Review = Page.extend({ state: LinkState.optional(), prisonId: Id.optional(), text: SearchText.optional() });
const Unit = z.object({ id: z.string(), name: z.string() });
const File = z.object({});

/** Families register by themselves, link inmates and name who comes along (V05). */
export const registrationRest = {
  /** What somebody must do to prove the real name before registering. `local`: nothing. */
  startIdentity: {
    method: 'post',
    path: '/api/register/identity',
    roles: null,
    body: Claim.extend({ code: z.string().max(400).optional() }),
    response: z.object({
      way: IdentityWay,
      /** WeChat: what `wx.requestFacialVerify` is called with; afterwards `credential` is sent with the registration. */
      verifyId: z.string().nullable(),
      credential: z.string().nullable(),
      /** City app: where the user consents; it comes back with a code, which is the credential. */
      url: z.string().nullable(),
    }),
  },
  /** The account is there at once, without any inmate. */
  registerFamily: { method: 'post', path: '/api/register', roles: null, body: NewRegistration, response: SessionView },
  getMyRegistration: {
    method: 'get',
    path: '/api/my/registration',
    roles: FAMILY,
    response: z.object({ applicant: ApplicantView, registeredAt: Instant.nullable() }),
  },
  /** What forms offer: prisons with their offices, and kinds of relation. */
  listFamilyChoices: {
    method: 'get',
    path: '/api/my/choices',
    roles: FAMILY,
    response: z.object({ prisons: z.array(Unit.extend({ offices: z.array(Unit) })), relations: z.array(Relation) }),
  },
  listMyInmates: { method: 'get', path: '/api/my/inmates', roles: FAMILY, response: z.object({ items: z.array(OwnInmate) }) },
  /** Picture (JPEG, PNG, WebP) or PDF, known by its bytes. */
  uploadPaper: {
    method: 'post',
    path: '/api/my/papers',
    roles: FAMILY,
    file: 'in',
    query: z.object({ kind: PaperKind, name: z.string().trim().min(1).max(128) }),
    response: PaperView,
  },
  listMyPapers: { method: 'get', path: '/api/my/papers', roles: FAMILY, response: z.object({ items: z.array(PaperView) }) },
  readMyPaper: { method: 'get', path: '/api/my/papers/:id', roles: FAMILY, file: 'out', params: IdParams, response: File },
  deleteMyPaper: { method: 'delete', path: '/api/my/papers/:id', roles: FAMILY, params: IdParams, response: Empty },

  listMyLinks: { method: 'get', path: '/api/my/links', roles: FAMILY, response: z.object({ items: z.array(LinkView) }) },
  /** The answer is the same whether there is such an inmate or not. */
  requestLink: { method: 'post', path: '/api/my/links', roles: FAMILY, idempotent: true, body: LinkInput, response: LinkView },
  /** Again after a refusal, with what was changed. */
  resubmitLink: {
    method: 'put',
    path: '/api/my/links/:id',
    roles: FAMILY,
    idempotent: true,
    params: IdParams,
    body: LinkInput.extend({ version: Version }),
    response: LinkView,
  },
  withdrawLink: {
    method: 'post',
    path: '/api/my/links/:id/withdraw',
    roles: FAMILY,
    params: IdParams,
    body: z.object({ version: Version }),
    response: LinkView,
  },
  listMyCompanions: { method: 'get', path: '/api/my/companions', roles: FAMILY, response: z.object({ items: z.array(CompanionView) }) },
  addCompanion: {
    method: 'post',
    path: '/api/my/companions',
    roles: FAMILY,
    idempotent: true,
    body: CompanionInput,
    response: CompanionView,
  },
  resubmitCompanion: {
    method: 'put',
    path: '/api/my/companions/:id',
    roles: FAMILY,
    idempotent: true,
    params: IdParams,
    body: CompanionChange,
    response: CompanionView,
  },
  withdrawCompanion: {
    method: 'post',
    path: '/api/my/companions/:id/withdraw',
    roles: FAMILY,
    params: IdParams,
    body: z.object({ version: Version }),
    response: CompanionView,
  },

  listLinks: {
    method: 'get',
    path: '/api/registrations/links',
    roles: OFFICER,
    permission: 'registration.read',
    query: Review,
    response: list(LinkRecord),
  },
  /** Ends an approved link; what the allowlist allowed ends with it. */
  endLink: {
    method: 'post',
    path: '/api/registrations/links/:id/end',
    roles: OFFICER,
    permission: 'registration.edit',
    params: IdParams,
    body: Ending,
    response: LinkRecord,
  },
  listCompanions: {
    method: 'get',
    path: '/api/registrations/companions',
    roles: OFFICER,
    permission: 'registration.read',
    query: Review,
    response: list(CompanionRecord),
  },
  endCompanion: {
    method: 'post',
    path: '/api/registrations/companions/:id/end',
    roles: OFFICER,
    permission: 'registration.edit',
    params: IdParams,
    body: Ending,
    response: CompanionRecord,
  },
  /** A paper handed in within the officer's data scope. Each look is audited. */
  readPaper: {
    method: 'get',
    path: '/api/registrations/papers/:id',
    roles: OFFICER,
    permission: 'registration.read',
    file: 'out',
    params: IdParams,
    response: File,
  },
  /** A paper of a case that the officer may read: who decides it need not have its prison in his data scope. */
  readCasePaper: {
    method: 'get',
    path: '/api/approval-cases/:caseId/papers/:id',
    roles: OFFICER,
    file: 'out',
    params: IdParams.extend({ caseId: Id }),
    response: File,
  },
  /** For the call page inside the mini-program's web-view: a code for one use within a minute takes the session there. */
  makeHandover: { method: 'post', path: '/api/my/handover', roles: FAMILY, response: z.object({ code: z.string(), expiresAt: Instant }) },
  takeHandover: {
    method: 'post',
    path: '/api/handover',
    roles: null,
    body: z.object({ code: z.string().min(16).max(128) }),
    response: SessionView,
  },
} as const satisfies Record<string, RestEndpoint>;
