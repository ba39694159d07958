import { z } from 'zod';

/** A Chinese citizen's ID number (GB 11643): region, birth date, sequence, ISO 7064 MOD 11-2 check character. */
export function isIdNumber(text: string): boolean {
  if (!/^[1-9]\d{16}[\dX]$/.test(text) || !isDate(birthDateOf(text))) return false;
  return checkCharacter(text) === text[17];
}

/** The check character of an ID number's first 17 digits. */
export function checkCharacter(digits: string): string {
  const sum = Array.from(digits.slice(0, 17)).reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0);
  return '10X98765432'[sum % 11] ?? '';
}

/** The birth date in an ID number, as 1985-04-12. */
export const birthDateOf = (idNumber: string): string => `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;

/** An even 17th digit is a woman's. */
export const genderOf = (idNumber: string): 'male' | 'female' => (Number(idNumber[16]) % 2 === 0 ? 'female' : 'male');

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && date.getUTCFullYear() >= 1850;
}

/** A text that may be empty; what is empty becomes null. */
const orNull = <Schema extends z.ZodType<string, string>>(schema: Schema) =>
  z.union([z.literal('').transform(() => null), z.null(), schema]);

const plain = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    // Control characters have no place in a person's data and break files that are made of it.
    // oxlint-disable-next-line no-control-regex
    .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), 'invalid');

export const PersonName = plain(64).pipe(z.string().min(1));
export const PersonNumber = plain(32).pipe(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, 'number_invalid'));
export const OptionalText = (max: number) => plain(max).default('');
export const RequiredText = (max: number) => plain(max).pipe(z.string().min(1));

/** What people write in their own words, of several lines if they like; line breaks are kept as `\n`. */
const note = (max: number) =>
  z
    .string()
    .trim()
    .transform((text) => text.replace(/\r\n?/g, '\n').replace(/\t/g, ' '))
    .pipe(
      z
        .string()
        .max(max)
        // oxlint-disable-next-line no-control-regex
        .refine((text) => !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text), 'invalid'),
    );
export const OptionalNote = (max: number) => note(max).default('');
export const RequiredNote = (max: number) => note(max).pipe(z.string().min(1));
/** One line, whatever line breaks it was typed with. */
export const RequiredLine = (max: number) =>
  z
    .string()
    .transform((text) => text.replace(/\s*[\r\n]+\s*/g, ' '))
    .pipe(RequiredText(max));

export const IdNumber = z
  .string()
  .trim()
  .max(32)
  .transform((text) => text.toUpperCase())
  .refine((text) => !text.includes('*'), 'masked')
  .refine((text) => text.includes('*') || isIdNumber(text), 'id_number_invalid');
/** A mobile number of mainland China, or a landline with its area code. */
export const Phone = z
  .string()
  .max(32)
  .transform((text) =>
    text
      .normalize('NFKC')
      .replace(/[\s()-]/g, '')
      .replace(/^(\+|00)86(?=1\d{10}$)/, ''),
  )
  .refine((text) => !text.includes('*'), 'masked')
  .refine((text) => text.includes('*') || /^(1[3-9]\d{9}|0\d{9,11})$/.test(text), 'phone_invalid');
/** A calendar day as 2026-01-31. */
export const Day = z.string().max(10).refine(isDate, 'not_a_date');
export const NullableIdNumber = orNull(IdNumber);
export const NullablePhone = orNull(Phone);
export const NullableDay = orNull(Day);
export const OptionalIdNumber = NullableIdNumber.default(null);
export const OptionalPhone = NullablePhone.default(null);
export const OptionalDay = NullableDay.default(null);
export const OptionalId = orNull(z.string().max(32)).default(null);
/** Text of an edit: left out when it stays as it is. */
export const ChangedText = (max: number) => plain(max).optional();

/** 3101**********1234: what tells two numbers apart and gives neither away. */
export const maskIdNumber = (text: string): string => keepEnds(text, 4, 4);
/** 138****0001. */
export const maskPhone = (text: string): string => keepEnds(text, 3, 4);
/** The year alone. */
export const maskBirthDate = (day: string): string => `${day.slice(0, 4)}-**-**`;
/** Province and city, at most six characters. */
export const maskAddress = (text: string): string => (text.length <= 6 ? `${text.slice(0, 2)}****` : `${text.slice(0, 6)}****`);

function keepEnds(text: string, head: number, tail: number): string {
  if (text.length <= head + tail) return '*'.repeat(text.length);
  return text.slice(0, head) + '*'.repeat(text.length - head - tail) + text.slice(-tail);
}
