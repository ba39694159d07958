/** A face as the detector gives it: certainty 0…1, and its box in points of the picture that it was shown. */
export interface FaceBox {
  score: number;
  box: readonly [x: number, y: number, width: number, height: number];
}

const SURE_FROM = 0.4;
/** A badge on a cap looks a little like a face; a person who leans over a shoulder looks very much like one. */
const SURE_WITHIN_ANOTHER = 0.6;

/** How many people the faces are. What lies within a larger face has to be surer. */
export function peopleIn(faces: readonly FaceBox[]): number {
  const sure = faces.filter(({ score }) => score >= SURE_FROM).toSorted((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
  return sure.filter((face, index) => face.score >= SURE_WITHIN_ANOTHER || !sure.slice(0, index).some((larger) => liesWithin(face, larger)))
    .length;
}

function liesWithin({ box: [x, y, width, height] }: FaceBox, { box: [left, top, wide, high] }: FaceBox): boolean {
  const [middle, centre] = [x + width / 2, y + height / 2];
  return middle > left && middle < left + wide && centre > top && centre < top + high;
}
