import {
  type Ack,
  CALL_NAMESPACE,
  callRequests,
  type JoinAnswer,
  type JoinRequest,
  MAX_MESSAGE_BYTES,
  ParticipantId,
  parseOrThrow,
  QinqiaoError,
} from '@qinqiao/contracts';
import { type GrantClaims, verifyGrant } from '@qinqiao/domain/identity';
import { type Clock, type Logger, newId, toInstant } from '@qinqiao/server-kit';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Server, Socket } from 'socket.io';
import type { z } from 'zod';
import type { CallRegistry } from './call-registry.ts';
import { assertAllowed, handlers, isRequest, type Place } from './handlers.ts';
import type { Participant } from './participant.ts';

/** A page sends a handful of messages when it joins and then next to none. */
const MESSAGES_PER_SECOND = 40;
/** Refused messages in a minute after which the connection is closed. */
const PATIENCE = 200;

export interface GatewayDeps {
  registry: CallRegistry;
  grantSecret: string;
  clock: Clock;
  log: Logger;
}

/** Takes the messages of people in calls: counts, measures and parses each before its handler sees it, and answers it. */
export function openCallGateway(io: Server, deps: GatewayDeps): void {
  const rate = new RateLimiterMemory({ points: MESSAGES_PER_SECOND, duration: 1 });
  const patience = new RateLimiterMemory({ points: PATIENCE, duration: 60 });
  io.of(CALL_NAMESPACE).on('connection', (socket) => {
    const connection = new Connection(socket, deps);
    socket.onAny((name: string, ...rest: unknown[]) => {
      void connection.take(name, rest, rate, patience);
    });
    socket.on('disconnect', () => void connection.gone());
  });
}

type JoinInput = z.output<typeof JoinRequest>;

class Connection {
  readonly #socket: Socket;
  readonly #deps: GatewayDeps;
  #place: Place | null = null;

  constructor(socket: Socket, deps: GatewayDeps) {
    this.#socket = socket;
    this.#deps = deps;
  }

  async take(name: string, rest: unknown[], rate: RateLimiterMemory, patience: RateLimiterMemory): Promise<void> {
    const last = rest.at(-1);
    const acknowledge = typeof last === 'function' ? (last as (answer: Ack<unknown>) => void) : () => undefined;
    const input: unknown = typeof rest[0] === 'function' ? undefined : rest[0];
    try {
      await rate.consume(this.#socket.id).catch(() => this.#throttle(patience));
      acknowledge({ ok: true, data: await this.#answer(name, input) });
    } catch (error) {
      acknowledge({ ok: false, error: this.#errorBody(error, name) });
    }
  }

  async gone(): Promise<void> {
    const place = this.#place;
    this.#place = null;
    await place?.call
      .disconnected(place.participant)
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'disconnect not noted'));
  }

  async #throttle(patience: RateLimiterMemory): Promise<never> {
    await patience.consume(this.#socket.id).catch(() => {
      this.#deps.log.warn({ address: this.#socket.handshake.address }, 'flooding connection closed');
      this.#socket.disconnect(true);
    });
    throw new QinqiaoError('too_many_requests');
  }

  async #answer(name: string, input: unknown): Promise<unknown> {
    if (!isRequest(name)) throw new QinqiaoError('unknown_message');
    if (JSON.stringify(input ?? null).length > MAX_MESSAGE_BYTES) throw new QinqiaoError('message_too_large');
    const parsed: unknown = parseOrThrow(callRequests[name].input, input ?? {});
    if (name === 'call:ping') return { serverNow: toInstant(this.#deps.clock.now()) };
    if (name === 'call:join') return this.#join(parsed as JoinInput);
    const place = this.#place;
    if (!place) throw new QinqiaoError('not_joined');
    assertAllowed(name, place.participant);
    const handler = handlers[name] as (place: Place, input: unknown) => Promise<unknown>;
    const answer = await handler(place, parsed);
    if (name === 'call:leave') this.#place = null;
    return answer;
  }

  async #join(input: JoinInput): Promise<JoinAnswer> {
    const { clock, grantSecret, registry } = this.#deps;
    const claims = await verifyGrant(input.grant, grantSecret, clock.now());
    const former = this.#place;
    if (former && former.participant.id !== participantIdOf(claims)) throw new QinqiaoError('already_joined');
    const call = await registry.get(claims.callId);
    const participant: Participant = {
      id: participantIdOf(claims),
      role: claims.role,
      actor: { role: claims.role, id: claims.subjectId, name: claims.name },
      clientId: input.clientId,
      socket: this.#socket,
      rtpCapabilities: input.rtpCapabilities,
    };
    const answer = await call.join(participant);
    this.#place = { call, participant };
    // The connection may have gone while it was being seated; then nobody else will say so.
    if (!this.#socket.connected) await this.gone();
    return answer;
  }

  #errorBody(error: unknown, name: string) {
    if (error instanceof QinqiaoError && error.code !== 'internal') return error.body();
    const requestId = newId();
    this.#deps.log.error({ err: error, requestId, message: name }, 'request failed');
    return new QinqiaoError('internal').body(requestId);
  }
}

/** A party has one place in a call; each officer has one of his own. */
const participantIdOf = (claims: GrantClaims) =>
  ParticipantId.parse(claims.role === 'officer' ? `officer-${claims.subjectId}` : claims.role);
