/** The version of the message format and of the meaning of a contract. */
export const formatVersion = 2

/** A field of a message: `count` items of `bytes` bytes each, one after another. */
export interface MessageField {
  readonly name: string
  readonly bytes: number
  readonly count: number
}

/** What of a contract says how long its messages are. */
export interface MessageSizes {
  readonly messages: { readonly request: readonly MessageField[]; readonly reply: readonly MessageField[] }
  readonly replyKey?: string
}

/** Bytes of a SHA-256. */
export const hashBytes = 32

/** Bytes of an ECDSA signature on P-256: r and s, one after the other. */
export const signatureBytes = 64

/** The exact length of every request of the contract. */
export function requestBytes({ messages }: MessageSizes): number {
  return mapBytes([['version', null], ['contract', hashBytes], ...sizesOf(messages.request)])
}

/** The exact length of every reply of the contract that is not an error. */
export function replyBytes({ messages, replyKey }: MessageSizes): number {
  return mapBytes([
    ...([
      ['version', null],
      ['contract', hashBytes],
      ['request', hashBytes],
    ] as const),
    ...sizesOf(messages.reply),
    ...(replyKey === undefined ? [] : [['signature', signatureBytes] as const]),
  ])
}

const sizesOf = (fields: readonly MessageField[]) =>
  fields.map(({ name, bytes, count }) => [name, bytes * count] as const)

/** The length of a map in CBOR, of byte strings and, where there is null, the version; without encoding it, as pages need no more. */
function mapBytes(fields: readonly (readonly [name: string, bytes: number | null])[]): number {
  const head = (value: number) => (value < 24 ? 1 : value < 256 ? 2 : value < 65_536 ? 3 : value < 2 ** 32 ? 5 : 9)
  const lengths = fields.map(([name, bytes]) => {
    const key = new TextEncoder().encode(name).length
    return head(key) + key + (bytes === null ? head(formatVersion) : head(bytes) + bytes)
  })
  return head(fields.length) + lengths.reduce((sum, length) => sum + length, 0)
}

/** No message is read that is longer than the contract's own or, so that a stale client can be told so, 64 KiB. */
export function messageLimit(contract: MessageSizes): number {
  return Math.max(65_536, requestBytes(contract), replyBytes(contract))
}

/** Fields by name, all bytes zero. */
export function zeros(fields: readonly MessageField[]): Record<string, Uint8Array> {
  return Object.fromEntries(fields.map(({ name, bytes, count }) => [name, new Uint8Array(bytes * count)]))
}
