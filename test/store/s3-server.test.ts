import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { describeS3, freshBucket, s3Client, s3Server } from '../support/s3/index.ts'

describeS3('the S3 server of the tests', () => {
  test('enforces what S3 enforces: conditional writes, signatures, rights', async () => {
    const server = await s3Server()
    const Bucket = await freshBucket(server)
    const object = { Bucket, Key: 'a', Body: 'first', IfNoneMatch: '*' }
    const client = s3Client(server)
    await client.send(new PutObjectCommand(object))
    const again = client.send(new PutObjectCommand({ ...object, Body: 'second' }))
    await expect(again).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } })
    const { Body } = await client.send(new GetObjectCommand(object))
    expect(await Body?.transformToString()).toBe('first')
    const stranger = s3Client(server, 'stranger').send(new GetObjectCommand({ Bucket, Key: 'a' }))
    await expect(stranger).rejects.toMatchObject({ name: 'AccessDenied' })
    client.config.credentials = async () => ({ accessKeyId: 'test', secretAccessKey: 'wrong' })
    await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  })
})
