// The thread that holds the models. It decodes as well, so that no more pictures are in memory than there are threads.
import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { decode } from '../picture/decode.ts';
import { PictureRefused } from '../picture/refused.ts';
import { Engine } from './engine.ts';
import { examine } from './examine.ts';
import type { Answer, Question } from './messages.ts';
import { loadModels } from './models.ts';

// Pictures come once; a cache of them would be a copy of faces in memory.
sharp.cache(false);
sharp.concurrency(1);

async function answer(engine: Engine, question: Question): Promise<Answer> {
  try {
    if (question.what === 'examine') return { what: 'examined', result: await examine(engine, question.picture, question.rules) };
    return { what: 'seen', faces: await engine.see(await decode(question.picture), question) };
  } catch (error) {
    if (error instanceof PictureRefused) return { what: 'refused', problem: error.problem };
    return { what: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
const tell = (message: Answer) => parentPort?.postMessage(message);

const engine = new Engine(await loadModels());
parentPort?.on('message', (question: Question) => void answer(engine, question).then(tell));
tell({ what: 'ready' });
