import { type Clock, type Db, toInstant, writeAudit } from '@qinqiao/server-kit';
import { problemText, writeErrorFile } from './error-file.ts';
import type { TransferFiles } from './files.ts';
import type { TransferKind } from './kind.ts';
import { endWriting, findTransfer, leftRows, lockTransfer, noteMoved, type TransferRow } from './repository.ts';
import { inSteps, type Stepping } from './steps.ts';

interface WriteDeps extends Stepping {
  clock: Clock;
  files: TransferFiles;
  /** 0…100. */
  progress: (percent: number) => void;
}

/** Of the bar, what was there before the writing. */
export const CHECKED = 90;

/** Makes what remains of an accepted import real, piece by piece, and ends it; does nothing to any other. */
export async function writeAccepted(deps: WriteDeps, kind: TransferKind, transferId: string): Promise<void> {
  const { move } = kind;
  if (!move) return;
  await inSteps(deps, async (trx, most) => {
    // Two processes that take the import for theirs move one piece after the other.
    const transfer = await lockTransfer(trx, transferId);
    if (transfer?.state !== 'writing') return 0;
    const moved = await move(trx, transferId, most);
    await noteMoved(trx, transfer, moved);
    const written = transfer.added + transfer.updated + moved.taken;
    deps.progress(CHECKED + (100 - CHECKED) * Math.min(1, written / Math.max(1, transfer.people)));
    return moved.taken;
  });
  const transfer = await findTransfer(deps.db, transferId);
  if (transfer?.state === 'writing') await end(deps, kind, transfer);
}

/** Rows that were left come back with the reason beside each. */
async function end({ db, files, clock }: WriteDeps, kind: TransferKind, transfer: TransferRow): Promise<void> {
  const { id, added, updated } = transfer;
  const left = await leftRows(db, id);
  const wrong = new Map([...left].map(([number, problems]) => [number, problemText(kind.columns, problems)]));
  if (wrong.size > 0) await writeErrorFile(files, kind, transfer, { wrong, only: true });
  await db.transaction().execute(async (trx) => {
    if (!(await endWriting(trx, id, clock.now(), { has_error_file: wrong.size > 0 ? 1 : 0 }))) return;
    await auditImport(trx, clock, transfer, 'transfer.written', { added, updated, left: left.size });
  });
}

/** Audits what became of an officer's import. */
export function auditImport(trx: Db, clock: Clock, transfer: TransferRow, action: string, more: Record<string, unknown>): Promise<void> {
  const { id, kind, officer_id, officer_name } = transfer;
  const actor = { role: 'officer' as const, id: officer_id, name: officer_name };
  const subject = { kind: 'transfer', id };
  return writeAudit(trx, { at: toInstant(clock.now()), actor, action, subject, detail: { kind, ...more } });
}

/** Forgets what an import has staged that is not decided, or has ended. */
export async function discardStaged(stepping: Stepping, kind: TransferKind, transferId: string): Promise<void> {
  const { discard } = kind;
  if (!discard) return;
  await inSteps(stepping, async (trx, most) => {
    const transfer = await lockTransfer(trx, transferId);
    return transfer?.state === 'writing' ? 0 : discard(trx, transferId, most);
  });
}
