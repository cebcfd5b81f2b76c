import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the proxy does to one request. `acted` tells whether the server behind it gets the request first. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly code: string; readonly acted: boolean }
  | { readonly kind: 'reset'; readonly acted: boolean }
  | { readonly kind: 'late'; readonly milliseconds: number }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'silent'; readonly acted: boolean }
  | { readonly kind: 'length'; readonly declared: number }
  | { readonly kind: 'endless' }

export interface FaultProxy {
  /** What clients use as the endpoint. */
  readonly endpoint: string
  /** How many requests had which fault, and how many there were. */
  readonly counts: ReadonlyMap<string, number>
  /** How many bytes of bodies were handed to clients' connections, at most. */
  readonly sent: () => number
  /** How many connections clients have open. */
  readonly open: () => Promise<number>
  close(): Promise<void>
}

/** An HTTP proxy before an S3 server, which disturbs what `faultOf` chooses; null lets a request pass. */
export async function faultProxy(
  target: string,
  faultOf: (incoming: IncomingMessage) => Fault | null,
): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const counts = new Map<string, number>()
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  let sent = 0
  const write = (response: ServerResponse, bytes: Uint8Array) => {
    sent += bytes.length
    return response.write(bytes)
  }

  const server = createServer(async (incoming, response) => {
    count('requests')
    const fault = faultOf(incoming)
    if (fault !== null) count(nameOf(fault))
    const reset = () => incoming.socket.resetAndDestroy()
    try {
      const body = await bytesOf(incoming)
      if (fault !== null && 'acted' in fault && !fault.acted) {
        if (fault.kind === 'reset') return reset()
        if (fault.kind === 'status') return refuse(response, fault)
        return
      }
      if (fault?.kind === 'late') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds))
      const { answer, bytes } = await forward(target, agent, incoming, body)
      switch (fault?.kind) {
        case undefined:
        case 'late':
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
          write(response, bytes)
          response.end()
          return
        case 'status':
          return refuse(response, fault)
        case 'reset':
          return reset()
        case 'silent':
          return
        case 'slow':
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
          response.flushHeaders()
          for (let i = 0; i < 5; i++) {
            await new Promise((resolve) => setTimeout(resolve, fault.milliseconds / 5))
            write(response, bytes.subarray((i * bytes.length) / 5, ((i + 1) * bytes.length) / 5))
          }
          response.end()
          return
        case 'truncated':
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
          write(response, bytes.subarray(0, bytes.length >> 1))
          setTimeout(reset, 5)
          return
        case 'length':
          response.writeHead(200, { 'content-length': fault.declared })
          return void pour(response, fault.declared, write)
        case 'endless':
          response.writeHead(200)
          return void pour(response, Number.POSITIVE_INFINITY, write)
        default:
          return fault satisfies never
      }
    } catch {
      reset()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    sent: () => sent,
    open: () => new Promise((resolve) => server.getConnections((_, connections) => resolve(connections))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        agent.destroy()
      }),
  }
}

/** One word for a fault, as in the figures. */
function nameOf(fault: Fault): string {
  const word = fault.kind === 'status' ? `status ${fault.status}` : fault.kind
  return 'acted' in fault ? `${word} ${fault.acted ? 'after' : 'before'} acting` : word
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function forward(
  target: string,
  agent: Agent,
  { method, url, rawHeaders }: IncomingMessage,
  body: Buffer,
): Promise<{ answer: IncomingMessage; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(target)
    // The headers as they are, host included, since they are signed.
    const outgoing = request({ hostname, port, agent, ...(method ? { method } : {}), path: url ?? '/' }, (answer) => {
      bytesOf(answer).then((bytes) => resolve({ answer, bytes }), reject)
    })
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) outgoing.setHeader(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '')
    outgoing.on('error', reject).end(body)
  })
}

function refuse(response: ServerResponse, { status, code }: Fault & { kind: 'status' }): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  // As S3 does, it quotes what was asked for, and by whom.
  const quotes = '<Key>secret-object</Key><AWSAccessKeyId>secret-id</AWSAccessKeyId><Message>secret-message</Message>'
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code>${quotes}</Error>`)
}

/** Writes zeros until there are enough of them, or the other side has gone. */
async function pour(
  response: ServerResponse,
  length: number,
  write: (response: ServerResponse, bytes: Uint8Array) => boolean,
): Promise<void> {
  const zeros = new Uint8Array(65_536)
  for (let at = 0; at < length && !response.destroyed; at += zeros.length) {
    const more = write(response, zeros.subarray(0, Math.min(zeros.length, length - at)))
    if (!more) await drained(response)
  }
  response.end()
}

/** Waits until a connection takes more, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}
