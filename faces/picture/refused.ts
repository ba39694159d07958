import { FACE_PROBLEMS, FaceProblem, QinqiaoError } from '@qinqiao/contracts';

/** What is thrown of a picture that cannot be used: `face_refused`, with the problem's words at the field `picture`. */
export class PictureRefused extends QinqiaoError {
  readonly problem: FaceProblem;

  constructor(problem: FaceProblem, cause?: unknown) {
    super('face_refused', { fields: { picture: FACE_PROBLEMS[problem] }, detail: problem, cause });
    this.problem = problem;
  }
}
