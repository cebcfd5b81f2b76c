/** A request as the page made it. */
export interface MadeRequest {
  readonly method: string
  readonly host: string
  /** Of its body. */
  readonly bytes: number
}

/** Notes down every request that is made through `fetch` from now on. The list grows as they are made. */
export function watchRequests(): { readonly made: readonly MadeRequest[]; end(): void } {
  const made: MadeRequest[] = []
  const plain = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const request = input instanceof Request ? input : null
    const { host } = new URL(request?.url ?? String(input), document.baseURI)
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase()
    made.push({ method, host, bytes: sizeOf(init?.body ?? null) })
    return plain(input, init)
  }
  return {
    made,
    end() {
      globalThis.fetch = plain
    },
  }
}

function sizeOf(body: BodyInit | null): number {
  if (body === null) return 0
  if (typeof body === 'string') return new TextEncoder().encode(body).length
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength
  if (body instanceof Blob) return body.size
  throw new TypeError('a request of a kind that this page does not send')
}
