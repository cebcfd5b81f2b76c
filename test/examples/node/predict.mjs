import { readFile } from 'node:fs/promises'
import { client, overHttp, ProtocolError, RecordError } from './client.js'

const [server = 'http://127.0.0.1:8787', file = 'record.json'] = process.argv.slice(2)

try {
  const record = client.check(JSON.parse(await readFile(file, 'utf8')))
  const { answer } = await client.predict(record, { via: overHttp(server, client.contract) })
  console.log(answer)
} catch (error) {
  if (!(error instanceof ProtocolError || error instanceof RecordError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
