import { onOff, whole, type ParameterKind } from './kinds.ts';

/** Faces: who must show theirs, and how alike they must be. */
export const faceParameters = {
  'face.likeness': {
    group: 'face',
    permission: 'parameter.edit',
    ...whole(50, 95, 60),
    unit: 'hundredths',
    zh: '人脸比对通过的最低相似度',
    en: 'Least likeness of a match',
    help: {
      zh: '调低更易误通过，调高更易误拒；请先用本单位照片运行评测命令 faces:evaluate 再调整',
      en: 'Lower lets more strangers in, higher refuses more of the right people; run faces:evaluate with your own pictures before changing it',
    },
  },
  'face.failures': {
    group: 'face',
    permission: 'parameter.edit',
    ...whole(1, 10, 3),
    unit: 'times',
    zh: '人脸核验失败几次后转民警裁定',
    en: 'Failures before an officer decides',
    help: { zh: '达到该次数后由民警对照照片裁定', en: 'After so many failures an officer decides by the pictures' },
  },
  'face.inmateLogin': {
    group: 'face',
    permission: 'parameter.edit',
    ...onOff('on'),
    zh: '罪犯登录须人脸核验',
    en: 'Inmates log in with their face',
    help: {
      zh: '启用后，平板以编号登录后还须人脸核验，首次登录时录入',
      en: 'When on, the tablet asks for the face after the number; the first log-in enrols it',
    },
  },
  'face.familyEntry': {
    group: 'face',
    permission: 'parameter.edit',
    ...onOff('on'),
    zh: '家属进入会见前须人脸核验',
    en: 'Families’ faces are checked before a call',
    help: {
      zh: '启用后，家属进入会见前须按提示转头并与白名单照片比对',
      en: 'When on, family members turn their head as asked and are compared with the allowlist’s picture before they enter a call',
    },
  },
} as const satisfies Record<string, ParameterKind>;
