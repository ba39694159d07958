import type { FaceState, IdentityWay } from '@qinqiao/contracts';

/** Who somebody says he is. */
export interface IdentityClaim {
  name: string;
  /** Its form is right already. */
  idNumber: string;
}

/** What the app needs for the provider's own step. */
export interface IdentityStart {
  /** WeChat: what the app hands to `wx.requestFacialVerify`. */
  verifyId: string | null;
  /** To be sent with the registration. */
  credential: string | null;
  /** City app: where the user consents. */
  url: string | null;
}

export interface IdentityProof {
  /** What the provider knows the check by. */
  reference: string | null;
  face: FaceState;
  /** The provider vouches that this very person acts, not only that such a person exists. */
  vouched: boolean;
}

/**
 * Checks somebody's real name: the WeChat mini-program's real-person check, the city app's log-in, or what can be checked here. Both
 * steps throw `bad_request` naming the field when the provider refuses, and `network_failed` when it cannot be reached.
 */
export interface IdentityProvider {
  readonly way: IdentityWay;
  /** `code`: what the app got from the provider's log-in there. */
  start(claim: IdentityClaim, code: string | undefined): Promise<IdentityStart>;
  prove(claim: IdentityClaim & { phone: string }, credential: string | undefined): Promise<IdentityProof>;
}

/** Compares a live face with the photo on an ID card. `not_compared`: in one of them there is no face. */
export interface FaceComparison {
  compare(live: Uint8Array, idPhoto: Uint8Array): Promise<FaceState>;
}
