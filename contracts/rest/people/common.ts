import { z } from 'zod';
import { birthDateOf, ChangedText, genderOf, NullableDay, NullableIdNumber, NullablePhone } from '../../person-fields.ts';
import { Page, SearchText } from '../endpoint.ts';
import { Gender } from './kinds.ts';

export const Id = z.string().min(1).max(32);
export const Params = z.object({ id: Id });
/** On an edit a masked field is left out when it stays as it is, and null when it is taken away. */
export const keep = {
  idNumber: NullableIdNumber.optional(),
  birthDate: NullableDay.optional(),
  phone: NullablePhone.optional(),
  address: ChangedText(200),
};

export interface Personal {
  idNumber?: string | null | undefined;
  birthDate?: string | null | undefined;
  gender?: Gender | undefined;
}
type Refuse = (field: string, message: string) => void;

export const refuser =
  (context: z.RefinementCtx): Refuse =>
  (field, message) =>
    context.addIssue({ code: 'custom', path: [field], message });

export function checkPersonal({ idNumber, birthDate, gender }: Personal, refuse: Refuse): void {
  if (!idNumber || idNumber.includes('*')) return;
  if (birthDate && birthDate !== birthDateOf(idNumber)) refuse('birthDate', 'id_number_birth');
  if (gender && gender !== 'unknown' && gender !== genderOf(idNumber)) refuse('gender', 'id_number_gender');
}

export function checkDays(from: string | null, until: string | null, refuse: Refuse, field: string): void {
  if (from && until && until < from) refuse(field, 'date_order');
}

export const PeoplePage = Page.extend({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** A name, its pinyin initials, a number, an ID number or a telephone number. */
  text: SearchText.optional(),
  prisonId: Id.optional(),
});
