import type { ContactKind, Gender, InmateState, PersonKind, PersonState, TreatmentLevel } from '@qinqiao/contracts';
import type { Generated } from 'kysely';

/** An encrypted field, the keyed hash it is found by, and what lists show of it. */
interface Person {
  id: string;
  name: string;
  /** Initials of the name's pinyin, lower case, blanks left out: 陈建国 → cjg. */
  pinyin: Generated<string>;
  version: Generated<number>;
  created_at: Generated<string>;
  updated_at: Generated<string>;
}

export type PeopleTables = {
  officers: { id: string; prison_id: string; account: string; name: string; password_hash: string };
  inmates: Person & {
    prison_id: string;
    ward_id: string;
    number: string;
    gender: Generated<Gender>;
    nationality: Generated<string>;
    level: Generated<TreatmentLevel>;
    key_control: Generated<0 | 1>;
    /** Bits in the order of `Involvement`. */
    involved: Generated<number>;
    officer_id: Generated<string | null>;
    admitted_on: Generated<string | null>;
    release_on: Generated<string | null>;
    state: Generated<InmateState>;
    id_number: Generated<string | null>;
    id_number_hash: Generated<string | null>;
    id_number_masked: Generated<string>;
    birth_date: Generated<string | null>;
    birth_date_masked: Generated<string>;
  };
  families: Person & {
    /** The prison that registered the person. */
    prison_id: string | null;
    /** Of inmates he is related to, other prisons than that: by comma; null: none; `*`: not written down. */
    kin_prisons: Generated<string | null>;
    gender: Generated<Gender>;
    state: Generated<PersonState>;
    id_number: Generated<string | null>;
    id_number_hash: Generated<string | null>;
    id_number_masked: Generated<string>;
    phone: Generated<string | null>;
    /** Log-in goes by it. */
    phone_hash: Generated<string | null>;
    phone_masked: Generated<string>;
    address: Generated<string | null>;
    address_masked: Generated<string>;
    /** Empty: no log-in by password. */
    password_hash: string;
  };
  /** Of installations older than encrypted telephone numbers, until their start has moved each row to `families`. */
  families_plain: { id: string; phone: string };
  kinships: { family_id: string; inmate_id: string; relation: string };
  contacts: Person & {
    prison_id: string;
    kind: ContactKind;
    organisation: string;
    purpose: string;
    valid_from: string | null;
    valid_until: string | null;
    state: PersonState;
    id_number: string;
    id_number_hash: string;
    id_number_masked: string;
    phone: string | null;
    phone_hash: string | null;
    phone_masked: string;
  };
  blocks: {
    id: string;
    prison_id: string;
    person_kind: PersonKind;
    person_id: string;
    person_name: string;
    reason: string;
    from_at: string;
    until_at: string | null;
    created_by: string;
    created_by_name: string;
    created_at: string;
    lifted_at: string | null;
    lifted_by: string | null;
    lifted_by_name: string | null;
    lift_reason: string | null;
  };
};
