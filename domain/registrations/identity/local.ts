import { birthDateOf, isIdNumber, QinqiaoError } from '@qinqiao/contracts';
import { addYears } from '../age.ts';
import type { IdentityProvider } from './port.ts';

const YOUNG = { zh: '未满 18 周岁不能自行注册，请由监护人登记为同行人', en: 'Under eighteen: your guardian names you as a companion' };
const NOT_BORN = { zh: '身份证号中的出生日期不正确', en: 'The birth date in the ID number is not possible' };
const ADULT_YEARS = 18;

/**
 * Without a provider: the ID number's form and check digit are right, its birth date is possible, and the person is of age. Whether the
 * papers are his own is looked at by the officers who review them.
 */
export const localIdentity = (today: () => string): IdentityProvider => ({
  way: 'local',
  start: () => Promise.resolve({ verifyId: null, credential: null, url: null }),
  prove: ({ idNumber }) => {
    const born = birthDateOf(idNumber);
    const refuse = (reason: { zh: string; en: string } | 'id_number_invalid') =>
      Promise.reject(new QinqiaoError('bad_request', { fields: { idNumber: reason } }));
    if (!isIdNumber(idNumber)) return refuse('id_number_invalid');
    if (born > today() || addYears(born, 120) < today()) return refuse(NOT_BORN);
    if (addYears(born, ADULT_YEARS) > today()) return refuse(YOUNG);
    return Promise.resolve({ reference: null, face: 'not_compared', vouched: false });
  },
});
