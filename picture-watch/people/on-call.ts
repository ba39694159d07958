import type { CallId } from '@qinqiao/contracts';
import { companionsOfCall } from '@qinqiao/domain/appointments';
import { findCall } from '@qinqiao/domain/calls';
import { facesOf, type KnownFace } from '@qinqiao/domain/faces';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';

/** Who may be in the family's picture. */
export interface OnCall {
  /** The family member and the approved companions. */
  allowed: number;
  /** Their faces in the library, those of the face service's model only. */
  known: KnownFace[];
  /** How many of them have none there. */
  unknown: number;
}

/** Reads the call's list: nobody but the family member when the call is not known. */
export async function readOnCall(db: Db, crypto: CryptoProvider, { callId, model }: { callId: CallId; model: string }): Promise<OnCall> {
  const call = await findCall(db, callId);
  if (!call) return { allowed: 1, known: [], unknown: 1 };
  const companions = await companionsOfCall(db, callId);
  const [family, others] = await Promise.all([
    facesOf(db, crypto, 'family', [call.familyId]),
    facesOf(db, crypto, 'companion', companions),
  ]);
  const known = [...family, ...others].filter(({ vector }) => vector.model === model);
  const allowed = 1 + companions.length;
  return { allowed, known, unknown: allowed - new Set(known.map(({ owner }) => owner.id)).size };
}
