import { ReplyKeyError } from '../errors.ts'
import type { Server } from '../server.ts'

/** @throws {ReplyKeyError} `no-reply-key` if the server's replies would be refused for want of a signature. */
export function requireReplyKey(server: Server): void {
  if (server.lacksReplyKey) throw new ReplyKeyError('no-reply-key')
}
