import { concatBytes } from '../bytes.ts'
import { fingerprint } from '../contract.ts'
import type { Server } from '../server.ts'

/** How the field `contract` of a message begins: its name, and the head of 32 bytes. */
const field = Uint8Array.of(0x68, ...new TextEncoder().encode('contract'), 0x58, 32)

/**
 * Finds the server whose contract a request names; the first for a request that names none of them. The request is not
 * decoded: whoever writes a fingerprint elsewhere into it only chooses who refuses it.
 *
 * @throws {RangeError} if there is no server.
 */
export function routeByContract(servers: readonly Server[]): (request: Uint8Array) => Promise<Server> {
  const [first, ...others] = servers
  if (first === undefined) throw new RangeError('There is no server to route to.')
  const marks = Promise.all(
    others.map(async (server) => {
      const mark = concatBytes([field, await fingerprint(server.contract)])
      return { server, mark: Buffer.from(mark) }
    }),
  )
  return async (request) => {
    const bytes = Buffer.from(request.buffer, request.byteOffset, request.length)
    return (await marks).find(({ mark }) => bytes.includes(mark))?.server ?? first
  }
}
