import type { Localised, NoticeParams } from '@qinqiao/contracts';
import { dayOf, timeOf } from '@qinqiao/server-kit';
import type { AppointmentDetail } from '../appointments/index.ts';

export const KIND_NAMES = {
  video: { zh: '视频会见', en: 'video visit' },
  visit: { zh: '现场会见', en: 'visit on site' },
  phone: { zh: '亲情电话', en: 'phone call' },
} as const;
export const same = (text: string): Localised => ({ zh: text, en: text });

/** An appointment in a template's words. Its time may be another than the present one: what is told is what happened then. */
export function appointmentParams(row: AppointmentDetail, startsAt: string = row.starts_at): NoticeParams {
  const lasts = Date.parse(row.ends_at) - Date.parse(row.starts_at);
  return {
    inmate: same(row.inmate_name),
    prison: same(row.prison_name),
    kind: KIND_NAMES[row.kind],
    date: same(dayOf(startsAt)),
    time: same(timeOf(startsAt)),
    until: same(timeOf(Date.parse(startsAt) + lasts)),
    room: same(row.room_name ?? ''),
    reason: { zh: row.reason_zh, en: row.reason_en || row.reason_zh },
  };
}
