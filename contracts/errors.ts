import { z } from 'zod';
import { type FieldReason, fieldReason, reasonOf } from './field-errors.ts';
import { Localised } from './ids.ts';

interface ErrorKind {
  status: number;
  zh: string;
  en: string;
}

/** Every error a user or a client can meet: HTTP status and the text shown. */
export const ERRORS = {
  bad_request: { status: 400, zh: '请求内容有误，请检查后重试', en: 'The request is not valid; check it and try again' },
  message_too_large: { status: 413, zh: '内容过大，无法处理', en: 'The content is too large' },
  too_many_requests: { status: 429, zh: '操作过于频繁，请稍后再试', en: 'Too many requests; wait a moment and try again' },
  unknown_message: { status: 400, zh: '无法识别的请求', en: 'Unknown request' },
  wrong_state: { status: 409, zh: '当前状态下不能进行此操作', en: 'This is not possible in the current state' },
  not_logged_in: { status: 401, zh: '请先登录', en: 'Please log in first' },
  login_failed: { status: 401, zh: '账号或密码不正确', en: 'The account or the password is not correct' },
  login_locked: { status: 429, zh: '登录失败次数过多，请 10 分钟后再试', en: 'Too many failed log-ins; try again in 10 minutes' },
  device_unknown: { status: 403, zh: '此平板未登记，请联系民警', en: 'This tablet is not registered; ask an officer' },
  forbidden: { status: 403, zh: '您没有此项权限', en: 'You do not have the right to do this' },
  not_found: { status: 404, zh: '未找到所查内容', en: 'Not found' },
  grant_invalid: { status: 401, zh: '入会凭证无效，请返回重新进入', en: 'The call ticket is not valid; go back and enter again' },
  grant_expired: { status: 401, zh: '入会凭证已过期，请返回重新进入', en: 'The call ticket has expired; go back and enter again' },
  already_joined: { status: 409, zh: '您已在其他设备上进入本次会见', en: 'You are in this call on another device already' },
  not_joined: { status: 409, zh: '尚未进入会见', en: 'You are not in the call' },
  call_not_open: { status: 409, zh: '会见尚未开始，请按预约时间进入', en: 'The call is not open yet; come back at its time' },
  call_ended: { status: 410, zh: '本次会见已结束', en: 'The call has ended' },
  call_on_hold: { status: 409, zh: '会见已暂停', en: 'The call is on hold' },
  media_rejected: { status: 409, zh: '音视频连接失败，请重试', en: 'The audio or video connection failed; try again' },
  media_unavailable: { status: 503, zh: '音视频服务正在恢复，请稍候', en: 'The media service is recovering; please wait' },
  recording_unavailable: { status: 503, zh: '录制服务不可用，会见不能开始', en: 'Recording is not available; the call cannot start' },
  storage_full: {
    status: 507,
    zh: '存储空间不足，会见不能开始，请联系管理员',
    en: 'Storage is full; the call cannot start. Tell the administrator',
  },
  audit_failed: { status: 503, zh: '无法写入审计记录，操作未执行', en: 'The audit record could not be written, so nothing was done' },
  network_failed: {
    status: 503,
    zh: '暂时无法连接服务器，请检查网络后重试',
    en: 'The server cannot be reached; check the network and try again',
  },
  devices_denied: {
    status: 403,
    zh: '未获得摄像头和麦克风的使用权限，请在设置中允许后重试',
    en: 'The camera and microphone are not allowed; allow them in the settings and try again',
  },
  camera_missing: { status: 404, zh: '未找到摄像头，请检查设备', en: 'No camera was found; check the device' },
  microphone_missing: { status: 404, zh: '未找到麦克风，请检查设备', en: 'No microphone was found; check the device' },
  devices_busy: {
    status: 409,
    zh: '摄像头或麦克风正被其他程序占用，请关闭后重试',
    en: 'The camera or microphone is in use by another program; close it and try again',
  },
  browser_unsupported: {
    status: 400,
    zh: '当前浏览器不支持视频会见，请更换浏览器或使用 HTTPS 地址',
    en: 'This browser cannot make video calls; use another one, or the HTTPS address',
  },
  word_exists: { status: 409, zh: '该敏感词已在列表中', en: 'This word is on the list already' },
  word_unusable: { status: 400, zh: '敏感词须含有文字、字母或数字', en: 'A word needs at least one character, letter or digit' },
  flow_missing: {
    status: 409,
    zh: '本监狱尚未发布此类审批流程，请联系管理员',
    en: 'This prison has no published approval flow of this kind; tell the administrator',
  },
  flow_invalid: { status: 400, zh: '审批流程有误，不能发布', en: 'The approval flow has mistakes and cannot be published' },
  approver_missing: {
    status: 409,
    zh: '审批环节没有足够的审批人，请联系管理员',
    en: 'A step of the approval does not have enough approvers; tell the administrator',
  },
  approvers_too_many: { status: 409, zh: '审批环节的审批人过多', en: 'A step of the approval has too many approvers' },
  data_damaged: {
    status: 500,
    zh: '数据未通过完整性校验，可能已损坏或被篡改，请联系管理员',
    en: 'This data failed its integrity check; it may be damaged or tampered with. Tell the administrator',
  },
  key_unavailable: {
    status: 503,
    zh: '加密密钥不可用，请联系管理员',
    en: 'An encryption key is not available; tell the administrator',
  },
  edit_conflict: {
    status: 409,
    zh: '此内容已被他人修改，请刷新后再改',
    en: 'Somebody else has changed this; reload it and edit again',
  },
  out_of_scope: { status: 403, zh: '该内容不在您的数据范围内', en: 'This lies outside your data scope' },
  reauth_required: { status: 403, zh: '此操作需要再次验证身份', en: 'Confirm who you are before doing this' },
  request_running: { status: 409, zh: '相同的请求正在处理，请稍候', en: 'The same request is still being worked on; please wait' },
  request_reused: {
    status: 409,
    zh: '请求编号已用于其他内容，请刷新后重试',
    en: 'This request’s key was used for something else; reload and try again',
  },
  account_disabled: { status: 403, zh: '账号已停用，请联系管理员', en: 'The account is disabled; ask the administrator' },
  access_damaged: {
    status: 403,
    zh: '权限数据未通过完整性校验，请联系安全管理员',
    en: 'The permissions failed their integrity check; tell the security administrator',
  },
  name_taken: { status: 409, zh: '名称或编号已存在', en: 'This name or number is taken' },
  in_use: { status: 409, zh: '仍在使用中，不能删除或停用', en: 'This is still in use and cannot be deleted or disabled' },
  file_invalid: {
    status: 400,
    zh: '文件内容或格式有误，请检查后重试',
    en: 'The file’s content or format is not valid; check it and try again',
  },
  transfer_rows_wrong: {
    status: 409,
    zh: '文件中有错误的行，未导入任何数据',
    en: 'Some rows of the file are wrong; nothing was imported',
  },
  transfer_too_large: { status: 413, zh: '文件过大或行数过多', en: 'The file is too large or has too many rows' },
  login_expired: { status: 401, zh: '登录已超时，请重新输入账号和密码', en: 'The log-in took too long; enter account and password again' },
  factor_wrong: {
    status: 401,
    zh: '动态口令或证书验证未通过，请重试',
    en: 'The one-time code or the certificate was not accepted; try again',
  },
  factor_missing: { status: 401, zh: '请同时提供动态口令或证书', en: 'Give the one-time code or the certificate too' },
  certificate_invalid: {
    status: 400,
    zh: '证书无效、已过期或不是 SM2 证书',
    en: 'The certificate is not valid, has expired or is not one of an SM2 key',
  },
  login_incomplete: {
    status: 403,
    zh: '请先修改初始密码并启用双因素认证',
    en: 'First change the password you were given and set up a second factor',
  },
  password_reused: {
    status: 400,
    zh: '新密码不能与原密码或账号相同',
    en: 'The new password must differ from the old one and from the account',
  },
  own_access: { status: 403, zh: '不能修改自己的角色或权限', en: 'Nobody can change his own roles or permissions' },
  duties_mixed: {
    status: 409,
    zh: '系统、安全、审计与业务权限须相互分离，不能授予同一人或同一角色',
    en: 'System, security, audit and business rights are kept apart; one role or one person cannot have two of them',
  },
  org_move_invalid: { status: 409, zh: '不能移动到该位置', en: 'It cannot be moved there' },
  delegation_overlap: { status: 409, zh: '该时间段内您已委托他人代理', en: 'You have delegated for some of this time already' },
  balance_too_low: { status: 409, zh: '余额不足', en: 'The balance is too low' },
  card_invalid: {
    status: 409,
    zh: '卡内数据无效：可能为复制卡或已被改动，请勿使用并报告管理员',
    en: 'The card’s content is not valid: it may be a copy or tampered with. Do not use it; tell the administrator',
  },
  card_balance_left: { status: 409, zh: '卡内尚有余额，请先取出', en: 'There is money on the card; pay it out first' },
  card_held: { status: 409, zh: '此人已持有卡片，请先退卡或补换', en: 'This person holds a card already; return or replace it first' },
  signature_invalid: { status: 401, zh: '请求签名无效或已过期', en: 'The request’s signature is not valid or out of time' },
  request_replayed: { status: 409, zh: '请求已被使用过，请重新签名', en: 'This signed request was used before; sign a new one' },
  quota_exceeded: { status: 429, zh: '已超出接口调用配额，请稍后再试', en: 'The quota of calls is used up; try again later' },
  booking_refused: { status: 409, zh: '不能预约', en: 'This cannot be booked' },
  hold_expired: { status: 410, zh: '为您保留的时段已过期，请重新选择', en: 'The slot is no longer kept for you; choose again' },
  pairing_invalid: {
    status: 400,
    zh: '配对码不正确或已过期，请向民警索取新的配对码',
    en: 'The pairing code is wrong or out of date; ask an officer for a new one',
  },
  face_refused: { status: 422, zh: '照片不能使用', en: 'This picture cannot be used' },
  face_service_unavailable: {
    status: 503,
    zh: '人脸服务暂不可用，请稍后再试或由民警核验',
    en: 'The face service is not available; try again later or ask an officer',
  },
  face_service_busy: { status: 503, zh: '人脸服务繁忙，请稍后再试', en: 'The face service has too much to do; try again in a moment' },
  face_model_differs: {
    status: 409,
    zh: '人脸数据由不同模型生成，须重新录入',
    en: 'The faces were made by different models; enrol them again',
  },
  face_not_enrolled: { status: 409, zh: '尚未录入人脸', en: 'No face has been enrolled' },
  face_not_matched: { status: 403, zh: '人脸核验未通过', en: 'The face does not match' },
  challenge_failed: { status: 403, zh: '动作核验未通过，请按提示转头', en: 'The head was not turned as asked; follow the instructions' },
  face_check_needed: { status: 403, zh: '请先完成人脸核验', en: 'Check your face first' },
  face_check_over: { status: 410, zh: '本次人脸核验已结束，请重新开始', en: 'This face check is over; start again' },
  face_unlike: {
    status: 409,
    zh: '与此人已录入的人脸不像，请确认是本人',
    en: 'Not like the faces enrolled for this person; make sure that it is the same person',
  },
  faces_full: {
    status: 409,
    zh: '每人最多录入 5 张人脸照片，请先删除不用的',
    en: 'At most 5 face pictures of one person; delete one first',
  },
  storage_unavailable: {
    status: 503,
    zh: '存储暂时无法访问，请稍后再试',
    en: 'The storage cannot be reached at the moment; try again later',
  },
  recording_held: {
    status: 409,
    zh: '该录音录像已依法保全，不能删除',
    en: 'This recording is under a legal hold and cannot be deleted',
  },
  recording_deleted: { status: 410, zh: '该录音录像已删除', en: 'This recording has been deleted' },
  audio_too_large: { status: 413, zh: '音频文件过大（最多 1 GB）', en: 'The audio file is too large (1 GB at most)' },
  tool_too_large: { status: 413, zh: '文件过大（最多 1 GB）', en: 'The file is too large (1 GB at most)' },
  internal: { status: 500, zh: '系统出错，请稍后再试', en: 'Something went wrong; try again later' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;
const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** The shape in which an error reaches a client, over REST and over sockets. */
export const ErrorBody = z.object({
  code: z.enum(codes),
  text: Localised,
  requestId: z.string().optional(),
  /** Where the input was wrong: path → reason in English. */
  fields: z.record(z.string(), z.string()).optional(),
  /** The same for users: path → reason in both languages. */
  fieldTexts: z.record(z.string(), Localised).optional(),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** An error the user can act on. Anything else that is thrown is a defect and is shown as `internal`. */
export class QinqiaoError extends Error {
  readonly code: ErrorCode;
  /** Path → reason in English. */
  readonly fields: Record<string, string> | undefined;
  /** Path → reason in both languages. */
  readonly fieldTexts: Record<string, Localised> | undefined;

  /** `fields`: path → a code of `FIELD_ERRORS`, a reason made with `fieldReason`, or a text that is shown as it is. */
  constructor(code: ErrorCode, options: { cause?: unknown; fields?: Record<string, string | FieldReason>; detail?: string } = {}) {
    super(options.detail ? `${code}: ${options.detail}` : code, { cause: options.cause });
    this.name = 'QinqiaoError';
    this.code = code;
    const reasons = options.fields && Object.entries(options.fields).map(([path, reason]) => [path, fieldReason(reason)] as const);
    this.fields = reasons && Object.fromEntries(reasons.map(([path, { en }]) => [path, en]));
    this.fieldTexts = reasons && Object.fromEntries(reasons.map(([path, { zh, en }]) => [path, { zh, en }]));
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** The error as it is sent to a client. */
  body(requestId?: string): ErrorBody {
    const { zh, en } = ERRORS[this.code];
    return {
      code: this.code,
      text: { zh, en },
      ...(requestId === undefined ? {} : { requestId }),
      ...(this.fields === undefined ? {} : { fields: this.fields }),
      ...(this.fieldTexts === undefined ? {} : { fieldTexts: this.fieldTexts }),
    };
  }

  static fromBody(body: ErrorBody): QinqiaoError {
    const fields = body.fieldTexts ?? body.fields;
    return new QinqiaoError(body.code, fields ? { fields } : {});
  }
}

/** Parses input at the boundary. Throws `bad_request` naming each wrong field. */
export function parseOrThrow<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new QinqiaoError('bad_request', { fields: fieldReasons(parsed.error) });
}

/** What zod found wrong, path by path, in words for users. */
export function fieldReasons(error: z.ZodError): Record<string, FieldReason> {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join('.') || '(root)', reasonOf(issue)]));
}
