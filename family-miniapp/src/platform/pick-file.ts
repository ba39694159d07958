import Taro from '@tarojs/taro';
import type { PickedFile } from './pick-file.h5';

export type { PickedFile };

/** Lets the user choose a picture or take a photo. Null when nothing was chosen. */
export async function pickFile(): Promise<PickedFile | null> {
  const chosen = await Taro.chooseImage({ count: 1, sizeType: ['compressed'], sourceType: ['album', 'camera'] }).catch(() => null);
  const path = chosen?.tempFilePaths[0];
  if (!path) return null;
  const bytes = await new Promise<ArrayBuffer>((resolve, reject) => {
    Taro.getFileSystemManager().readFile({
      filePath: path,
      success: ({ data }) => resolve(data as ArrayBuffer),
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    });
  });
  // The mini-program's requests take the bytes as they are.
  return { name: path.split('/').pop() ?? 'photo.jpg', file: bytes as unknown as Blob };
}
