import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, inject, test } from 'vitest'

export interface S3Server {
  readonly endpoint: string
  readonly region: string
}

/** A user of the server: `stranger` has no rights in the buckets of `test`. */
export const credentials = (user: 'test' | 'stranger' = 'test') => ({
  accessKeyId: user,
  secretAccessKey: `${user}-secret`,
})

/** The environment in which programs of their own reach the server by the usual AWS means. */
export const s3Environment = ({ endpoint, region }: S3Server, user: 'test' | 'stranger' = 'test') => ({
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: user,
  AWS_SECRET_ACCESS_KEY: `${user}-secret`,
  // Else older versions of Node put a warning of the SDK before what a program says itself.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
})

/** The server of this run of the tests; the first call starts it, which takes about 12 seconds. */
export async function s3Server(): Promise<S3Server> {
  const door = inject('s3')
  if (door === null) throw new Error('no S3 server: install radosgw, ceph-mon, ceph-osd and ceph-common')
  const response = await fetch(door)
  if (!response.ok) throw new Error(`the S3 server does not start: ${await response.text()}`)
  return (await response.json()) as S3Server
}

/** A client of the SDK itself, to see what is really there. */
export function s3Client({ endpoint, region }: S3Server, user: 'test' | 'stranger' = 'test'): S3Client {
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: credentials(user) })
}

/** Makes an empty bucket, and gives its name. The server's first object takes it seconds: here, and not in a test. */
export async function freshBucket(server: S3Server): Promise<string> {
  const Bucket = `bucket-${randomUUID()}`
  const client = s3Client(server)
  await client.send(new CreateBucketCommand({ Bucket }))
  await client.send(new PutObjectCommand({ Bucket, Key: 'first', Body: 'first' }))
  await client.send(new GetObjectCommand({ Bucket, Key: 'first' })).then(({ Body }) => Body?.transformToString())
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'first' }))
  client.destroy()
  return Bucket
}

/** A group of tests that need the S3 server: skipped, visibly, where it is not installed, and failing there in CI. */
export function describeS3(name: string, tests: () => void): void {
  if (inject('s3') !== null) return void describe(name, tests)
  describe(name, () => {
    const body = () => {
      throw new Error('CI has to test this: install radosgw, ceph-mon, ceph-osd and ceph-common')
    }
    if (process.env.CI === undefined) test.skip('skipped: no S3 server is installed here', body)
    else test('has the S3 server it needs', body)
  })
}
