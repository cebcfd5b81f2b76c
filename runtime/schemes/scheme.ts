import type { RandomBytes } from '../random.ts'
import type { Fields } from '../wire/message.ts'

/** What every scheme's client and server give to the shared ones: see `runtime/client` and `runtime/server`. */

/** An answer out of several, with what is told beside it: of the training rows that ended like the record, or by a score. */
export interface ClassAnswer<Answer extends string = string> {
  readonly kind: 'class'
  readonly answer: Answer
  /** Training rows of each answer, in the contract's order; absent where one of them stands on fewer than five. */
  readonly counts?: readonly number[]
  /** The share of the answer among people like this, in whole percent. */
  readonly percent?: number
  /**
   * The chance of each answer by the model, in the contract's order; they add up to 1. Of a tree: the share of the answer
   * among people like this, moved towards that of larger groups.
   */
  readonly shares?: readonly number[]
  /** The integer scores that the answer follows from, where the client learns them. */
  readonly scores?: readonly number[]
  /** Names of columns whose value lay beyond the range and counted as its end; absent where there is none. */
  readonly clamped?: readonly string[]
}

/** A number, with what is told beside it: of the training rows that ended like the record, or by a score. */
export interface NumberAnswer {
  readonly kind: 'number'
  readonly answer: number
  /** How many training rows ended there. */
  readonly rows?: number
  /** Their standard deviation (over n), in the unit of the answer. */
  readonly deviation?: number
  /** The integer scores that the answer follows from, where the client learns them. */
  readonly scores?: readonly number[]
  /** Names of columns whose value lay beyond the range and counted as its end; absent where there is none. */
  readonly clamped?: readonly string[]
}

/** What a client opens, by the type of the answer. */
export type Opened<Answer extends string | number = string | number> = Answer extends string
  ? ClassAnswer<Answer>
  : NumberAnswer

/** One test on the way to an answer: its place in the contract, and whether it went left. */
export interface TakenStep {
  readonly test: number
  readonly left: boolean
}

/** What is opened, and the path to it where the scheme shows one: from the root; empty elsewhere. */
export interface Explained<Answer extends string | number = string | number> {
  readonly opened: Opened<Answer>
  readonly path: readonly TakenStep[]
}

/** A record as a scheme has sealed it. */
export interface SealedCells<Answer extends string | number> {
  readonly fields: Fields
  /**
   * @param reply the fields of the reply.
   * @param request SHA-256 of the request's bytes.
   * @throws {ProtocolError}
   */
  open(reply: Fields, request: Uint8Array): Explained<Answer> | Promise<Explained<Answer>>
}

/** The client's part of a scheme, for one contract. Its keys are for no other. */
export interface ClientScheme<Key, Answer extends string | number> {
  generateKey(): Promise<Key>
  /**
   * Draws what sealing needs that can be drawn before the record is known.
   *
   * @param features for how many of its features, if they are drawn one by one.
   * @throws {ProtocolError} `wrong-key`
   */
  prepare(key: Key, features: number): void
  /**
   * @param cells one per feature of the contract.
   * @throws {ProtocolError} `wrong-key`
   */
  seal(cells: readonly number[], key: Key): SealedCells<Answer> | Promise<SealedCells<Answer>>
}

/** Work of a server that takes time, as plain data: it may be done in another thread. */
export interface Task {
  /** Whose it is: a name in the list of schemes. */
  readonly scheme: string
}

/** What a task comes to: integers or bytes, as its scheme says. */
export type TaskResult = Uint8Array | readonly bigint[]

/** Does tasks: in this thread, or in others. */
export interface Runner {
  /** How many tasks it could begin at once now, at least 1: work worth sharing is divided by it. */
  readonly idle: number
  /** @throws {ProtocolError} of the task; `busy` (by the promise). */
  run(task: Task): Promise<TaskResult>
}

/** What the server's part of a scheme draws on. */
export interface ServerContext {
  readonly random: RandomBytes
  readonly runner: Runner
}

/** The server's part of a scheme, for one contract. */
export interface ServerScheme {
  /**
   * @param request the fields of a request, as long as the contract says.
   * @param hash SHA-256 of the request's bytes.
   * @throws {ProtocolError} `bad-key`, `bad-ciphertext`
   */
  evaluate(request: Fields, hash: Uint8Array, context: ServerContext): Promise<Fields>
  /** Does a task of its own in this thread, which it blocks for the while. @throws {ProtocolError} (by the promise) */
  run(task: Task): Promise<TaskResult>
}
