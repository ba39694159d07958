import { type Notice, PICTURE_WARNINGS, type PictureWarning } from '@qinqiao/contracts';
import { type Session, storeNotice } from '@qinqiao/domain/calls';
import { readParameter } from '@qinqiao/domain/settings';
import { type Db, newId, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import type { Happening } from './call-deps.ts';

/** What a warning may do to its call. */
interface WarnedCall {
  session: Session;
  apply(happening: Happening): Promise<void>;
  toOfficers(warning: PictureWarning): void;
  toAll(notice: Notice): void;
}

/** Officers see a warning at once; the picture is held when the warning asks for it, and both parties are told where policy says so. */
export async function takeWarning(db: Db, call: WarnedCall, warning: PictureWarning, at: string): Promise<void> {
  const { id, callId, party, held } = warning;
  call.toOfficers(warning);
  if (held && !call.session.pictureHolds.includes(party)) await call.apply({ type: 'pictureHeld', party, warningId: id });
  if ((await readParameter(db, 'picture.tellParties')) !== 'on') return;
  const notice: Notice = { id: newId(), at, text: textOf(warning) };
  await storeNotice(db, callId, notice, SYSTEM_ACTOR);
  call.toAll(notice);
}

const WHOSE = { inmate: '会见人员画面', family: '家属画面' } as const;
/** Both parties read it: without accusing, and telling what to do. */
const textOf = ({ party, kind }: PictureWarning) => `系统提示（${WHOSE[party]}）：${PICTURE_WARNINGS[kind].zh}，请调整。`;
