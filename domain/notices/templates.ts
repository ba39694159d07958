import {
  type ExternalTemplate,
  type FieldReason,
  fieldReason,
  NoticeEvent,
  NoticeTemplateContent,
  type NoticeTemplateView,
  QinqiaoError,
  TOLD_IN_APP,
  unknownPlaceholders,
} from '@qinqiao/contracts';
import { type Actor, type Db, isDuplicateKey, toInstant, writeAudit } from '@qinqiao/server-kit';
import { within } from '../applications/index.ts';
import type { NoticeTables } from './migrations.ts';
import { builtInTemplate } from './texts.ts';

const tables = (db: Db) => db.withTables<NoticeTables>();
type Row = NoticeTables['notice_templates'];

/** The template of an event as it stands. */
export async function readTemplate(db: Db, event: NoticeEvent): Promise<NoticeTemplateContent> {
  return contentOf(event, await find(db, event));
}

/** All templates, in the order of the events. */
export async function listTemplates(db: Db): Promise<NoticeTemplateView[]> {
  const rows = await tables(db).selectFrom('notice_templates').selectAll().execute();
  return NoticeEvent.options.map((event) =>
    viewOf(
      event,
      rows.find((row) => row.event === event),
    ),
  );
}

export interface TemplateChange {
  event: NoticeEvent;
  content: NoticeTemplateContent;
  version: number;
}

/** Changes a template, audited. Throws `bad_request` naming a field with a placeholder that the event does not have, `edit_conflict`. */
export async function saveTemplate(db: Db, change: TemplateChange, actor: Actor, now: Date): Promise<NoticeTemplateView> {
  const { event, version } = change;
  // The subject's own message is in the app already.
  const content = { ...change.content, inApp: change.content.inApp && !TOLD_IN_APP.includes(event) };
  assertPlaceholders(event, content);
  const at = toInstant(now);
  return within(db, async (trx) => {
    const row = await tables(trx).selectFrom('notice_templates').selectAll().where('event', '=', event).forUpdate().executeTakeFirst();
    if ((row?.version ?? 0) !== version) throw new QinqiaoError('edit_conflict');
    const fresh: Row = { event, content: JSON.stringify(content), version: version + 1, updated_at: at, updated_by: actor.name };
    const { event: _, ...columns } = fresh;
    if (row) await tables(trx).updateTable('notice_templates').set(columns).where('event', '=', event).execute();
    else await insertFirst(trx, fresh);
    const detail = changed(contentOf(event, row), content);
    await writeAudit(trx, { at, actor, action: 'notice_template.edit', subject: { kind: 'notice_template', id: event }, detail });
    return viewOf(event, fresh);
  });
}

async function insertFirst(trx: Db, row: Row): Promise<void> {
  try {
    await tables(trx).insertInto('notice_templates').values(row).execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('edit_conflict', { cause: error });
    throw error;
  }
}

const find = (db: Db, event: NoticeEvent): Promise<Row | undefined> =>
  tables(db).selectFrom('notice_templates').selectAll().where('event', '=', event).executeTakeFirst();

/** A stored template that this version would not take any more counts as not changed. */
function contentOf(event: NoticeEvent, row: Row | undefined): NoticeTemplateContent {
  const parsed = row ? NoticeTemplateContent.safeParse(JSON.parse(row.content)) : undefined;
  return parsed?.success ? parsed.data : builtInTemplate(event);
}

const viewOf = (event: NoticeEvent, row: Row | undefined): NoticeTemplateView => ({
  event,
  content: contentOf(event, row),
  version: row?.version ?? 0,
  updatedAt: row?.updated_at ?? null,
  updatedBy: row?.updated_by ?? null,
});

function assertPlaceholders(event: NoticeEvent, content: NoticeTemplateContent): void {
  const texts: [string, string][] = (['title', 'text'] as const).flatMap((part) =>
    (['zh', 'en'] as const).map((language): [string, string] => [`content.${part}.${language}`, content[part][language]]),
  );
  for (const channel of ['wechat', 'sms', 'voice'] as const) {
    const { fields }: ExternalTemplate = content[channel];
    fields.forEach(({ value }, index) => texts.push([`content.${channel}.fields.${index}.value`, value]));
  }
  const wrong: Record<string, FieldReason> = {};
  for (const [path, text] of texts) {
    const [name] = unknownPlaceholders(event, text);
    if (name !== undefined) wrong[path] = fieldReason('placeholder_unknown', { name: `{${name}}` });
  }
  if (Object.keys(wrong).length > 0) throw new QinqiaoError('bad_request', { fields: wrong });
}

/** The parts that differ. */
function changed(before: NoticeTemplateContent, after: NoticeTemplateContent) {
  const parts = (Object.keys(after) as (keyof NoticeTemplateContent)[]).filter(
    (part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]),
  );
  const pick = (content: NoticeTemplateContent) => Object.fromEntries(parts.map((part) => [part, content[part]]));
  return { before: pick(before), after: pick(after) };
}
