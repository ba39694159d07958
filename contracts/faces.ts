import { z } from 'zod';
import type { Localised } from './ids.ts';

/** Why a picture cannot be used, for the person who took it. */
export const FACE_PROBLEMS = {
  not_an_image: { zh: '文件不是图片，请上传 JPG、PNG 或 WebP 图片', en: 'This file is not a picture; use JPG, PNG or WebP' },
  truncated: { zh: '图片不完整或已损坏，请重新拍摄或上传', en: 'The picture is incomplete or damaged; take or upload it again' },
  animated: { zh: '不能使用动图，请上传静态图片', en: 'Moving pictures cannot be used; upload a still one' },
  too_large: { zh: '图片过大，请上传不超过 10 MB、4000 万像素的图片', en: 'The picture is too large; at most 10 MB and 40 million pixels' },
  too_small: { zh: '图片或人脸太小，请靠近镜头后重拍', en: 'The picture or the face is too small; come closer to the camera' },
  no_face: { zh: '没有检测到人脸，请正对镜头、不要遮挡面部', en: 'No face was found; face the camera with nothing covering the face' },
  several_faces: { zh: '画面中不止一人，请单独拍摄', en: 'There is more than one person in the picture; be alone in it' },
  side_face: { zh: '请正对镜头，不要侧脸、低头或仰头', en: 'Face the camera straight on' },
  blurred: { zh: '图片模糊，请保持不动、擦净镜头后重拍', en: 'The picture is blurred; keep still and clean the lens' },
  too_dark: { zh: '光线太暗，请到明亮处重拍', en: 'It is too dark; find more light' },
  too_bright: { zh: '光线太强，请避开强光后重拍', en: 'It is too bright; avoid the glare' },
} as const satisfies Record<string, Localised>;
export const FaceProblem = z.enum(Object.keys(FACE_PROBLEMS) as [keyof typeof FACE_PROBLEMS, ...(keyof typeof FACE_PROBLEMS)[]]);
export type FaceProblem = z.infer<typeof FaceProblem>;

/** Whose face it is. */
export const FaceSubject = z.enum(['inmate', 'family', 'companion']);
export type FaceSubject = z.infer<typeof FaceSubject>;
/** How a face came into the library: taken in the console, uploaded one by one, in a zip, at a tablet's or the family app's log-in, from an application's ID photo. */
export const FaceSource = z.enum(['camera', 'upload', 'bulk', 'tablet', 'family', 'registration']);
export type FaceSource = z.infer<typeof FaceSource>;
/** pending: waits for an officer's approval and is not compared with. */
export const EnrolmentState = z.enum(['pending', 'active']);
export type EnrolmentState = z.infer<typeof EnrolmentState>;
