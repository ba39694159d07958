import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { forgetIdempotencyKeys, makeBackup, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { archiveAudit, verifyTrail } from '../audit/index.ts';
import { forgetCalls, forgetPast, SIGNATURE_WINDOW_MS } from '../clients/index.ts';
import { faceCheckPictures, forgetFaceChecks } from '../face-checks/index.ts';
import { tidyFaces } from '../faces/index.ts';
import { forgetExpiredSessions } from '../identity/index.ts';
import { forgetNotices } from '../notices/index.ts';
import { forgetStills, pictureStills } from '../picture-warnings/index.ts';
import { remindOverdue, repairConversations } from '../relistening/index.ts';
import { deleteExpired, rewrapRecordingKeys } from '../recordings/index.ts';
import { readParameter } from '../settings/index.ts';
import { forgetDeletedTranscripts, indexMissing } from '../transcripts/index.ts';
import { assignEverywhere } from '../venues/index.ts';
import type { TaskContext, TaskKind } from './kind.ts';
import { forgetRuns } from './runs.ts';

const DAY_MS = 86_400_000;
const daysAgo = ({ clock, parameters }: TaskContext) => toInstant(clock.now().getTime() - (parameters['days'] ?? 0) * DAY_MS);
const days = (min: number, max: number, initial: number) => ({
  name: 'days',
  label: { zh: '保留天数', en: 'Days kept' },
  min,
  max,
  initial,
});

const forgetKeys: TaskKind = {
  kind: 'idempotency.forget',
  label: { zh: '清理请求编号', en: 'Forget request keys' },
  help: { zh: '删除过期的防重复请求编号', en: 'Deletes old keys by which repeated requests are recognised' },
  fields: [days(1, 365, 7)],
  cron: '15 3 * * *',
  builtIn: true,
  timeLimitS: 600,
  run: async (context) => `${await forgetIdempotencyKeys(context.db, daysAgo(context))} 个已删除 deleted`,
};

const forgetSessions: TaskKind = {
  kind: 'sessions.forget',
  label: { zh: '清理过期登录', en: 'Forget expired sessions' },
  help: { zh: '删除已过期的登录会话', en: 'Deletes sessions that have expired' },
  fields: [],
  cron: '*/30 * * * *',
  builtIn: true,
  timeLimitS: 600,
  run: async ({ db, clock }) => `${await forgetExpiredSessions(db, clock)} 个已删除 deleted`,
};

const verifyAudit: TaskKind = {
  kind: 'audit.verify',
  label: { zh: '校验审计记录', en: 'Verify the audit trail' },
  help: { zh: '从头校验审计链；发现断链时任务失败并指出第一处', en: 'Walks the whole chain; fails naming the first broken link' },
  fields: [],
  cron: '30 2 * * *',
  builtIn: true,
  timeLimitS: 7200,
  run: async ({ db, crypto, clock, database, signal, note }) => {
    const onProgress = (checked: number) => note(`${checked} 条已校验 checked`);
    const { from, to, checked, broken } = await verifyTrail({ db, crypto, clock, database, extent: 'full', signal, onProgress });
    if (broken) throw new Error(`第一处断链 first broken link: #${broken.seq} (${broken.fault})`);
    return `${checked} 条完整 intact (${from}…${to})`;
  },
};

const archiveOldAudit: TaskKind = {
  kind: 'audit.archive',
  label: { zh: '归档审计记录', en: 'Archive the audit trail' },
  help: {
    zh: '将超过留存期限（不少于 6 个月）的记录加密签名归档',
    en: 'Moves records beyond the retention (at least 6 months) into a sealed, signed file',
  },
  fields: [],
  cron: '0 4 1 * *',
  builtIn: true,
  timeLimitS: 7200,
  run: async (context) => {
    const archived = await archiveAudit(context, await readParameter(context.db, 'audit.retentionMonths'), SYSTEM_ACTOR);
    return archived ? `${archived.records} 条已归档 archived: ${archived.file}` : '无可归档记录 nothing to archive';
  },
};

const forgetTaskRuns: TaskKind = {
  kind: 'tasks.forget',
  label: { zh: '清理任务日志', en: 'Forget task runs' },
  help: { zh: '删除旧的任务执行结果与日志', en: 'Deletes old results and logs of tasks' },
  fields: [days(30, 3650, 365)],
  cron: '45 3 * * *',
  builtIn: true,
  timeLimitS: 600,
  run: async (context) => `${await forgetRuns(context.db, daysAgo(context))} 次已删除 deleted`,
};

const forgetClientCalls: TaskKind = {
  kind: 'clients.forget',
  label: { zh: '清理接口调用日志', en: 'Forget calls of clients' },
  help: { zh: '删除旧的第三方调用日志与过期计数', en: 'Deletes old calls of third parties and counters that are over' },
  fields: [days(180, 3650, 365)],
  cron: '0 3 * * *',
  builtIn: true,
  timeLimitS: 600,
  run: async (context) => {
    const past = await forgetPast(context.db, context.clock.now(), SIGNATURE_WINDOW_MS);
    return `${await forgetCalls(context.db, daysAgo(context))} 条调用 calls, ${past} 项计数 counters`;
  },
};

const forgetOldNotices: TaskKind = {
  kind: 'notices.forget',
  label: { zh: '清理通知记录', en: 'Forget notices' },
  help: { zh: '删除旧的通知发送记录', en: 'Deletes old notices that were sent or given up' },
  fields: [days(90, 3650, 365)],
  cron: '20 3 * * *',
  builtIn: true,
  timeLimitS: 1800,
  run: async (context) => `${await forgetNotices(context.db, daysAgo(context))} 条已删除 deleted`,
};

/** As folders' names, instants sort and hold no colon. */
const BACKUP_NAME = /^\d{8}T\d{9}Z$/;

const backUp: TaskKind = {
  kind: 'backup.make',
  label: { zh: '备份数据库', en: 'Back up the store' },
  help: {
    zh: '将数据库与密钥环备份到数据目录的 backups 文件夹，超过保留份数的旧备份删除；请另行复制到其他机器',
    en: 'Writes database and key ring into the folder backups of the data folder and deletes older ones; copy them to another machine',
  },
  fields: [{ name: 'kept', label: { zh: '保留份数', en: 'Backups kept' }, min: 1, max: 365, initial: 7 }],
  cron: '30 1 * * *',
  builtIn: true,
  timeLimitS: 7200,
  run: async ({ db, database, clock, dataDir, parameters, signal, note }) => {
    const root = join(dataDir, 'backups');
    const folder = join(root, toInstant(clock.now()).replace(/[-:.]/g, ''));
    const { tables } = await makeBackup({ db, database, clock, folder, signal, onTable: (table, rows) => note(`${table}: ${rows}`) });
    const all = readdirSync(root)
      .filter((name) => BACKUP_NAME.test(name))
      .toSorted();
    const old = all.slice(0, Math.max(0, all.length - (parameters['kept'] ?? 7)));
    for (const name of old) rmSync(join(root, name), { recursive: true, force: true });
    return `${tables.length} 张表 tables → ${folder}`;
  },
};

const assignVenues: TaskKind = {
  kind: 'venues.assign',
  label: { zh: '分配会场', en: 'Assign rooms' },
  help: {
    zh: '为之后几天已批准的会见分配会见室；已分配的尽量不变',
    en: 'Gives the approved calls of the coming days rooms; those that have one stay as far as possible',
  },
  fields: [{ name: 'days', label: { zh: '提前天数', en: 'Days ahead' }, min: 1, max: 7, initial: 1 }],
  cron: '0 19 * * *',
  builtIn: true,
  timeLimitS: 1800,
  run: async ({ db, clock, parameters, signal, note }) => {
    const { placed, moved, unplaced } = await assignEverywhere(
      { db, clock },
      { days: parameters['days'] ?? 1, signal },
      (name, day, done) => {
        if (done.placed + done.moved + done.unplaced.length > 0)
          note(`${name} ${day}: ${done.placed} 已分配 placed, ${done.moved} 已调整 moved, ${done.unplaced.length} 未分配 unplaced`);
      },
    );
    return `${placed} 已分配 placed, ${moved} 已调整 moved, ${unplaced.length} 未分配 unplaced`;
  },
};

const tidyFaceLibrary: TaskKind = {
  kind: 'faces.tidy',
  label: { zh: '清理人脸库', en: 'Tidy the face library' },
  help: {
    zh: '删除超过保留天数仍未审核的人脸、人员已删除的人脸、无主照片，以及旧的批量录入记录',
    en: 'Deletes faces that nobody approved within the days kept, faces and pictures that belong to nobody, and old lists of bulk enrolments',
  },
  fields: [days(1, 365, 30)],
  cron: '45 3 * * *',
  builtIn: true,
  timeLimitS: 1800,
  run: async ({ db, crypto, dataDir, clock, parameters }) => {
    const { expired, ownerless, pictures } = await tidyFaces({ db, crypto, dataDir, now: clock.now() }, parameters['days'] ?? 30);
    return `${expired} 待审核 pending, ${ownerless} 无主 ownerless, ${pictures} 照片 pictures`;
  },
};

const forgetOldFaceChecks: TaskKind = {
  kind: 'faceChecks.forget',
  label: { zh: '清理人脸核验记录', en: 'Delete old face checks' },
  help: {
    zh: '删除超过保留天数的人脸核验记录及其照片',
    en: 'Deletes face checks and their pictures that are older than the days kept',
  },
  fields: [days(30, 3650, 365)],
  cron: '15 4 * * *',
  builtIn: true,
  timeLimitS: 1800,
  run: async ({ db, crypto, dataDir, clock, parameters }) => {
    const now = clock.now();
    const before = new Date(now.getTime() - (parameters['days'] ?? 365) * DAY_MS);
    return `${await forgetFaceChecks(db, faceCheckPictures(dataDir, crypto), { before, now })} 条 checks`;
  },
};

const forgetWarningStills: TaskKind = {
  kind: 'pictureWarnings.forget',
  label: { zh: '清理画面预警截图', en: 'Delete stills of picture warnings' },
  help: {
    zh: '删除超过保留天数的画面预警截图，预警与评定保留；录像已依法保全的会见不删',
    en: 'Deletes stills of picture warnings that are older than the days kept; the warnings and verdicts stay, and so do stills of calls under a legal hold',
  },
  fields: [days(30, 3650, 365)],
  cron: '20 4 * * *',
  builtIn: true,
  timeLimitS: 1800,
  run: async ({ db, crypto, dataDir, clock, parameters }) => {
    const now = clock.now();
    const before = new Date(now.getTime() - (parameters['days'] ?? 365) * DAY_MS);
    return `${await forgetStills(db, pictureStills(dataDir, crypto), { before, now })} 张截图 stills`;
  },
};

const repairConversationRows: TaskKind = {
  kind: 'conversations.repair',
  label: { zh: '补录会话清单', en: 'Repair the list of conversations' },
  help: {
    zh: '为缺少会话记录的已结束会见补录，并更新录像状态未定的会话',
    en: 'Adds conversations of calls that are over and have none, and looks again at those whose recording was under way',
  },
  fields: [],
  cron: '40 1 * * *',
  builtIn: true,
  timeLimitS: 3600,
  run: async ({ db, crypto, clock, signal, note }) => {
    const { added, looked } = await repairConversations({ db, crypto, clock }, signal, note);
    return `${added} 条已补录 added, ${looked} 条已更新 looked at`;
  },
};

const indexTranscripts: TaskKind = {
  kind: 'transcripts.index',
  label: { zh: '补建文本索引', en: 'Index transcripts' },
  help: {
    zh: '为尚未编入全文索引的通话文本补建索引（升级后首次运行时间较长，可中断后继续）',
    en: 'Adds transcripts that are not in the full-text index (long on its first run after an upgrade; may be broken off and goes on)',
  },
  fields: [],
  cron: '50 1 * * *',
  builtIn: true,
  timeLimitS: 7200,
  run: async ({ db, signal, note }) => `${await indexMissing(db, signal, note)} 条已编入 indexed`,
};

const remindOfRelistening: TaskKind = {
  kind: 'relistening.remind',
  label: { zh: '复听超期提醒', en: 'Remind of overdue re-listening' },
  help: {
    zh: '提醒民警尚未完成且已超期的复听，同一条记录在间隔小时数内只提醒一次',
    en: 'Reminds officers of what they should have listened to by now, of each at most once in so many hours',
  },
  fields: [{ name: 'hours', label: { zh: '间隔小时数', en: 'Hours between' }, min: 1, max: 168, initial: 24 }],
  cron: '0 * * * *',
  builtIn: true,
  timeLimitS: 600,
  run: async ({ db, clock, parameters, note }) => {
    const reminded = await remindOverdue(db, clock.now(), parameters['hours'] ?? 24);
    for (const [name, count] of reminded) note(`${name || '未分派 nobody’s'}: ${count}`);
    return `${[...reminded.values()].reduce((sum, count) => sum + count, 0)} 条超期 overdue`;
  },
};

const deleteOldRecordings: TaskKind = {
  kind: 'recordings.retain',
  label: { zh: '清理到期录音录像', en: 'Delete expired recordings' },
  help: {
    zh: '按留存规则删除到期的录音录像；已依法保全的一律不删，删除后留有记录',
    en: 'Deletes recordings that are older than their retention rule says; never those under a legal hold. A tombstone stays',
  },
  fields: [],
  cron: '30 0 * * *',
  builtIn: true,
  timeLimitS: 7200,
  run: async ({ db, clock, signal }) => `${await deleteExpired(db, clock, { signal })} 个已删除 deleted`,
};

const forgetTranscripts: TaskKind = {
  kind: 'transcripts.forget',
  label: { zh: '清理已删录音的文本', en: 'Delete transcripts of deleted recordings' },
  help: {
    zh: '录音录像删除后文本随即删除；此任务补删遗留的文本（如旧版本删除录音时留下的），可中断后继续',
    en: 'Transcripts go with their recordings; this deletes what was left (of recordings that older versions deleted); may be broken off and goes on',
  },
  fields: [],
  cron: '45 0 * * *',
  builtIn: true,
  timeLimitS: 7200,
  run: async ({ db, clock, signal, note }) => `${await forgetDeletedTranscripts(db, clock, { signal, note })} 份已删除 deleted`,
};

const rewrapKeys: TaskKind = {
  kind: 'recordings.rewrap',
  label: { zh: '更新录音录像密钥', en: 'Rewrap recordings’ keys' },
  help: {
    zh: '用最新主密钥重新保护每个录音录像的数据密钥；不改动任何录音录像文件',
    en: 'Wraps the data key of every recording under the newest master key; no recording is touched',
  },
  fields: [],
  cron: '10 1 * * *',
  builtIn: true,
  timeLimitS: 7200,
  run: async ({ db, crypto, signal, note }) => {
    const rewrapped = await rewrapRecordingKeys(db, crypto, { signal, onProgress: (count) => note(`${count} 个密钥 keys`) });
    return `${rewrapped} 个密钥已更新 keys rewrapped`;
  },
};

/** The kinds of work of every installation. */
export const TASK_KINDS: readonly TaskKind[] = [
  verifyAudit,
  archiveOldAudit,
  forgetSessions,
  forgetKeys,
  forgetTaskRuns,
  forgetClientCalls,
  forgetOldNotices,
  backUp,
  assignVenues,
  tidyFaceLibrary,
  forgetOldFaceChecks,
  forgetWarningStills,
  repairConversationRows,
  indexTranscripts,
  remindOfRelistening,
  deleteOldRecordings,
  forgetTranscripts,
  rewrapKeys,
];
