import { spawn } from 'node:child_process';

const colour = process.stdout.isTTY;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const say = (text) => console.log(text);
export const sayStep = (text) => console.log(`${paint('36', '▸')} ${text}`);
export const sayDone = (text) => console.log(`${paint('32', '✓')} ${text}`);

/** A set-up step that failed: what failed, why, and what to do. Shown without a stack. */
export class SetupError extends Error {
  constructor(what, { why = '', todo = '' } = {}) {
    super([what, why && `  Why: ${why}`, todo && `  What to do: ${todo}`].filter(Boolean).join('\n'));
  }
}

/**
 * Runs a command and answers its exit code and the last lines it printed. While it runs, a line a few seconds tells that it does.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: Record<string, string | undefined>, label?: string, timeoutMs?: number}} [options]
 * @returns {Promise<{code: number, tail: string}>}
 */
export function run(command, args, { cwd, env, label = command, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let tail = '';
    let last = '';
    const take = (chunk) => {
      tail = (tail + chunk).slice(-4000);
      last = tail.trimEnd().split('\n').at(-1)?.slice(0, 100) ?? '';
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const beat = setInterval(() => say(`    … ${label}: ${Math.round((Date.now() - started) / 1000)} s  ${last}`), 10_000);
    const limit = timeoutMs ? setTimeout(() => child.kill('SIGKILL'), timeoutMs) : undefined;
    const end = (code) => {
      clearInterval(beat);
      clearTimeout(limit);
      resolve({ code, tail: tail.trimEnd() });
    };
    child.on('error', (error) => {
      tail += `\n${error.message}`;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** Runs a command that takes over the terminal and answers its exit code. */
export function runAttached(command, args, { env, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    // Ctrl-C reaches the child by itself; here we only must not die before it. Other signals are passed on.
    const pass = { SIGINT: () => undefined, SIGTERM: () => child.kill('SIGTERM'), SIGHUP: () => child.kill('SIGTERM') };
    for (const [signal, act] of Object.entries(pass)) process.on(signal, act);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const [name, act] of Object.entries(pass)) process.off(name, act);
      resolve(code ?? (signal ? 130 : 1));
    });
  });
}
