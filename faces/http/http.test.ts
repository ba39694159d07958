import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@qinqiao/server-kit';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BAD_PICTURES, portrait } from '../testing/index.ts';
import { HttpFaces } from './service.ts';

const ABOUT = { model: 'site-engine/3.1', dimension: 32, metric: 'cosine', match: 0.4 };
const vector = Array.from({ length: 32 }, (_, at) => Math.sin(at));
const FACE = { box: { x: 150, y: 50, width: 150, height: 150 }, score: 0.9, yaw: 2, pitch: 4, vector };
const json = (response: ServerResponse, body: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;
let server: Server;
let url: string;
let answer: Behaviour;
let asked: { headers: IncomingMessage['headers']; body: Buffer }[] = [];
let faces: HttpFaces;

beforeAll(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.url === '/engine/about') {
        json(response, ABOUT);
        return;
      }
      const body = Buffer.concat(pieces);
      asked.push({ headers: request.headers, body });
      answer(request, response, body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/engine`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answer = (_request, response) => json(response, { faces: [FACE] });
});
afterEach(() => faces[Symbol.asyncDispose]());

const open = (settings: Partial<ConstructorParameters<typeof HttpFaces>[0]> = {}) =>
  (faces = new HttpFaces({ url, token: 't0ken', upload: 'json', timeoutMs: 400, ...settings }, createLogger('faces', 'silent')));
const describeOne = async () => faces.describe({ encoded: await portrait('astronaut') });

describe('an external face service', () => {
  it('is sent an upright JPEG in JSON with the token, and its faces come back in the picture’s pixels', async () => {
    open();
    const large = await sharp(await portrait('astronaut'))
      .resize(2560)
      .jpeg()
      .toBuffer();
    const [face] = await faces.describe({ encoded: large }, { pose: true, most: 1 });
    expect(face).toMatchObject({ box: { x: 300, width: 300 }, yaw: 2, vector: { model: ABOUT.model } });
    expect(asked[0]!.headers.authorization).toBe('Bearer t0ken');
    const sent = JSON.parse(asked[0]!.body.toString()) as { picture: string; pose: boolean; vector: boolean; most: number };
    expect(sent).toMatchObject({ pose: true, vector: true, most: 1 });
    expect(await sharp(Buffer.from(sent.picture, 'base64')).metadata()).toMatchObject({ format: 'jpeg', width: 1280 });
    expect(faces.healthy).toBe(true);
    expect(faces.model).toBe(ABOUT.model);
  });

  it('is sent multipart where the site wants it', async () => {
    open({ upload: 'multipart', token: null });
    expect(await describeOne()).toHaveLength(1);
    expect(asked[0]!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(asked[0]!.headers.authorization).toBeUndefined();
    expect(asked[0]!.body.includes('name="picture"; filename="picture.jpg"')).toBe(true);
    expect(asked[0]!.body.includes('{"pose":false,"vector":true,"most":10}')).toBe(true);
  });

  it('judges quality by our rules, whatever the service thinks', async () => {
    open();
    expect(await faces.examine({ encoded: await portrait('astronaut') })).toMatchObject({ ok: true });
    expect(await faces.examine({ encoded: await BAD_PICTURES.blurred() })).toMatchObject({ ok: false, problem: 'blurred' });
    answer = (_request, response) => json(response, { faces: [{ ...FACE, yaw: 60 }] });
    expect(await faces.examine({ encoded: await portrait('astronaut') })).toMatchObject({ ok: false, problem: 'side_face' });
    answer = (_request, response) => json(response, { faces: [FACE, FACE] });
    expect(await faces.examine({ encoded: await portrait('astronaut') })).toMatchObject({ ok: false, problem: 'several_faces' });
    answer = (_request, response) => json(response, { problem: 'no_face' });
    expect(await faces.examine({ encoded: await portrait('astronaut') })).toMatchObject({ ok: false, problem: 'no_face' });
  });

  it('never sees what is no picture', async () => {
    open();
    expect(await faces.examine({ encoded: await BAD_PICTURES.truncated() })).toMatchObject({ ok: false, problem: 'truncated' });
    expect(asked).toEqual([]);
  });

  it('compares by the metric it announced, 60 % at its match', async () => {
    open();
    const [face] = await describeOne();
    expect(faces.likeness(face!.vector, face!.vector)).toBeCloseTo(1);
    const other = { model: ABOUT.model, values: face!.vector.values.map((value) => -value) };
    expect(faces.likeness(face!.vector, other)).toBeCloseTo(0);
  });

  it.each<[string, Behaviour]>([
    ['is slow', () => {}],
    ['fails', (_request, response) => json(response, {}, 500)],
    ['sends no JSON', (_request, response) => response.writeHead(200).end('<html>')],
    ['sends another shape', (_request, response) => json(response, { faces: [{ box: [1, 2, 3, 4] }] })],
    ['sends a vector of another length', (_request, response) => json(response, { faces: [{ ...FACE, vector: [1, 2, 3] }] })],
    ['sends no vector', (_request, response) => json(response, { faces: [{ ...FACE, vector: undefined }] })],
    ['drops the connection', (request) => request.socket.destroy()],
    ['sends more and more', (_request, response) => response.writeHead(200).end(Buffer.alloc(5_000_000, 32))],
    ['sends elsewhere', (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ])('lets nobody in when it %s', async (_name, behaviour) => {
    open();
    answer = behaviour;
    await expect(describeOne()).rejects.toMatchObject({ code: 'face_service_unavailable' });
    answer = (_request, response) => json(response, { faces: [FACE] });
    expect(await describeOne()).toHaveLength(1);
  });

  it('says when it has too much to do, and who has gone away is told nothing else', async () => {
    open({ timeoutMs: 5000 });
    answer = (_request, response) => json(response, {}, 429);
    await expect(describeOne()).rejects.toMatchObject({ code: 'face_service_busy' });
    const gone = new AbortController();
    answer = () => gone.abort(new Error('gone away'));
    await expect(faces.describe({ encoded: await portrait('astronaut') }, { signal: gone.signal })).rejects.toThrow('gone away');
  });

  it('is not there before it has said who it is', async () => {
    open({ url: 'http://127.0.0.1:1' });
    expect(faces.healthy).toBe(false);
    await expect(describeOne()).rejects.toMatchObject({ code: 'face_service_unavailable' });
  });
});
