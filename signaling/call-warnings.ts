import type { Notice, PictureWarning, WordAlert } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { Attendance } from './attendance.ts';
import type { CallCourse } from './call-course.ts';
import type { Happening } from './call-deps.ts';
import { takeWarning } from './picture-warnings.ts';
import { WordAlertPolicy } from './word-alerts.ts';

/** What the server itself notices in a call: officers are told, and the site's policy decides what else happens. */
export class CallWarnings {
  readonly #db: Db;
  readonly #course: CallCourse;
  readonly #attendance: Attendance;
  readonly #alertPolicy = new WordAlertPolicy();

  constructor(db: Db, course: CallCourse, attendance: Attendance) {
    this.#db = db;
    this.#course = course;
    this.#attendance = attendance;
  }

  /** What the watch of the pictures noticed. */
  picture(warning: PictureWarning): Promise<void> {
    const course = this.#course;
    return course.serial(async () => {
      if (!course.ended) await takeWarning(this.#db, this.#warned(), warning, course.now());
    });
  }

  /** What was heard. Officers see it whatever becomes of it. */
  word(alert: WordAlert): Promise<void> {
    const course = this.#course;
    this.#attendance.toOfficers('officer:alert', alert);
    if (!this.#alertPolicy.concerns(alert)) return Promise.resolve();
    return course.serial(async () => {
      if (!course.ended) await this.#alertPolicy.act(this.#db, this.#warned(), alert, course.now());
    });
  }

  #warned() {
    return {
      session: this.#course.session,
      apply: (happening: Happening) => this.#course.apply(happening),
      toOfficers: (warning: PictureWarning) => this.#attendance.toOfficers('officer:pictureWarning', warning),
      toAll: (notice: Notice) => this.#attendance.toAll('call:notice', notice),
    };
  }
}
