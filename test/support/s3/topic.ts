import { createHash, createHmac } from 'node:crypto'
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3'
import { credentials, type S3Server, s3Client } from './index.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/**
 * Has the gateway send its notifications of new objects below `prefix` to a webhook: a topic by its SNS API, which
 * takes requests signed as for S3 (Signature Version 4), and the bucket's notifications to that topic.
 */
export async function notifyWebhook(server: S3Server, Bucket: string, prefix: string, webhook: string): Promise<void> {
  const TopicArn = await createTopic(server, `topic-${Bucket}`, webhook)
  const Key = { FilterRules: [{ Name: 'prefix' as const, Value: prefix }] }
  const topic = { Id: 'requests', TopicArn, Events: ['s3:ObjectCreated:*' as const], Filter: { Key } }
  const client = s3Client(server)
  const configuration = { NotificationConfiguration: { TopicConfigurations: [topic] } }
  await client.send(new PutBucketNotificationConfigurationCommand({ Bucket, ...configuration }))
  client.destroy()
}

async function createTopic({ endpoint, region }: S3Server, name: string, webhook: string): Promise<string> {
  const body = new URLSearchParams({
    Action: 'CreateTopic',
    Name: name,
    'Attributes.entry.1.key': 'push-endpoint',
    'Attributes.entry.1.value': webhook,
  }).toString()
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    host: new URL(endpoint).host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': date,
  }
  const { accessKeyId, secretAccessKey } = credentials()
  const names = Object.keys(headers).sort()
  const lines = names.map((header) => `${header}:${headers[header]}`)
  const canonical = ['POST', '/', '', ...lines, '', names.join(';'), sha256(body)].join('\n')
  const scope = [date.slice(0, 8), region, 's3', 'aws4_request']
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n')).toString('hex')
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`
  const response = await fetch(`${endpoint}/`, { method: 'POST', body, headers: { ...headers, authorization } })
  const text = await response.text()
  const arn = /<TopicArn>(.*?)<\/TopicArn>/.exec(text)?.[1]
  if (arn === undefined) throw new Error(`no topic was made: ${response.status} ${text}`)
  return arn
}
