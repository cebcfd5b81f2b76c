import { randomBytes } from 'node:crypto'
import { get } from 'node:http'
import type { Socket } from 'node:net'

/** A WebSocket of texts, as little as WebDriver BiDi needs: Node 20 has none of its own. */
export async function openSocket(url: string, onText: (text: string) => void) {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    }
    get(url.replace(/^ws/, 'http'), { headers })
      .on('upgrade', (_, upgraded) => resolve(upgraded as Socket))
      .on('response', ({ statusCode }) => reject(new Error(`no WebSocket: status ${statusCode}`)))
      .on('error', reject)
  })
  let kept: Buffer = Buffer.alloc(0)
  let message: Buffer[] = []
  socket.on('error', () => {})
  socket.on('data', (data) => {
    kept = Buffer.concat([kept, data])
    for (let frame = frameOf(kept); frame !== null; frame = frameOf(kept)) {
      kept = kept.subarray(frame.length)
      if (frame.code > 2) continue
      message.push(frame.payload)
      if (!frame.isLast) continue
      onText(Buffer.concat(message).toString())
      message = []
    }
  })
  return {
    send(text: string) {
      const payload = Buffer.from(text)
      const mask = randomBytes(4)
      const size = payload.length
      const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10)
      head.writeUInt16BE(0x8180 + (size < 126 ? size : size < 65_536 ? 126 : 127))
      if (head.length === 4) head.writeUInt16BE(size, 2)
      if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2)
      socket.write(Buffer.concat([head, mask, Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0)))]))
    },
    close: () => socket.destroy(),
  }
}

/** The first frame of what has come; null until it is whole. Servers do not mask. */
function frameOf(data: Buffer) {
  const short = (data[1] ?? 0) & 127
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (data.length < start) return null
  const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short
  if (data.length < start + size) return null
  const first = data[0] ?? 0
  return {
    isLast: first >= 128,
    code: first & 15,
    payload: data.subarray(start, start + size),
    length: start + size,
  }
}
