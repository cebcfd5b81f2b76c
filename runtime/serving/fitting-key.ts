import { ReplyKeyError } from '../errors.ts'
import type { Server } from '../server.ts'
import type { ReplyKey } from '../wire/reply-key.ts'

/** The keys of a text that holds several as PEM, one after another; else the text is one key. */
export function separateKeys(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/g)
  if (blocks !== null) return blocks
  return text.trim() === '' ? [] : [text]
}

/**
 * Equips a server with the one of several reply keys that its contract pins: while a key is replaced, versions of a model
 * with the old and the new one are served side by side.
 *
 * @throws {ReplyKeyError} `no-reply-key` if there is none, `wrong-reply-key` if none fits.
 */
export async function withFittingKey(server: Server, keys: readonly ReplyKey[]): Promise<Server> {
  if (keys.length === 0) throw new ReplyKeyError('no-reply-key')
  for (const key of keys) {
    try {
      return await server.withReplyKey(key)
    } catch (error) {
      if (!(error instanceof ReplyKeyError) || error.code !== 'wrong-reply-key') throw error
    }
  }
  throw new ReplyKeyError('wrong-reply-key')
}
