// npm run faces:evaluate -- FOLDER: how often the face service errs on a site's own pictures, FOLDER/<person>/<pictures>.
import { stat } from 'node:fs/promises';
import { createLogger, loadConfig } from '@qinqiao/server-kit';
import { openFaceService } from '../open.ts';
import { describeFolder } from './pictures.ts';
import { pairsOf } from './rates.ts';
import { reportOf } from './report.ts';

async function main(folder: string | undefined): Promise<number> {
  const isFolder =
    folder !== undefined &&
    (await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  if (!isFolder) {
    console.error('用法 usage: npm run faces:evaluate -- FOLDER   (FOLDER/<人员 person>/<照片 pictures>)');
    return 2;
  }
  await using faces = openFaceService(loadConfig(), createLogger('faces', 'warn'));
  const { described, unusable } = await describeFolder(faces, folder, (done) => {
    if (done % 50 === 0) console.error(`${done} …`);
  });
  const pairs = pairsOf(described, (one, other) => faces.likeness(one, other));
  console.log(reportOf({ model: faces.model, described, unusable, pairs }));
  return described.length > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
