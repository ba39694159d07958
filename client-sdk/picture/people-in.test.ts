import { expect, it } from 'vitest';
import { type FaceBox, peopleIn } from './people-in.ts';

const face = (score: number, ...box: FaceBox['box']): FaceBox => ({ score, box });
const INMATE = face(0.9, 100, 15, 125, 125);

it.each([
  ['nobody', [], 0],
  ['one person', [INMATE], 1],
  ['curtains', [face(0.3, 10, 10, 40, 40)], 0],
  ['one person with a badge on the cap', [INMATE, face(0.45, 154, 15, 26, 26)], 1],
  ['somebody who leans over the shoulder', [INMATE, face(0.7, 195, 40, 40, 40)], 2],
  ['somebody unclear beside the person', [face(0.45, 10, 30, 40, 40), INMATE], 2],
  ['three', [INMATE, face(0.8, 10, 30, 40, 40), face(0.8, 260, 30, 40, 40)], 3],
])('%s', (_, faces, people) => expect(peopleIn(faces)).toBe(people));
