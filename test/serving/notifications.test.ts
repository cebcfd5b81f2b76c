import { expect, test } from 'vitest'
import { deliveriesOf, sessionOf } from '../../runtime/serving/notifications.ts'
import * as shapes from '../cases/events/shapes.ts'

const id = '0123456789abcdef0123456789abcdef'
const key = `requests/test/version/${id}`
const created = [{ bucket: 'b', key }]
const alone = (objects: unknown) => [{ messageId: null, created: objects }]
const s3 = { Records: [shapes.s3Record('b', key)] }
const ceph = { Records: [shapes.cephRecord('b', key)] }

test.each<[string, unknown, unknown]>([
  ['S3', s3, alone(created)],
  [
    'S3, by multipart upload',
    { Records: [shapes.s3Record('b', key, 'ObjectCreated:CompleteMultipartUpload')] },
    alone(created),
  ],
  [
    'S3, two records',
    { Records: [...s3.Records, shapes.s3Record('c', 'x')] },
    alone([...created, { bucket: 'c', key: 'x' }]),
  ],
  ['S3, a removal', { Records: [shapes.s3Record('b', key, 'ObjectRemoved:Delete')] }, alone([])],
  ['the test event', shapes.s3TestEvent, alone([])],
  ['Ceph', ceph, alone(created)],
  ['MinIO', shapes.minioEvent('b', key), alone(created)],
  ['EventBridge', shapes.eventBridge('b', key), alone(created)],
  ['EventBridge, another type', shapes.eventBridge('b', key, 'Object Deleted'), alone(null)],
  ['SNS', shapes.snsEvent(s3), alone(created)],
  ['SNS to a webhook', shapes.snsEnvelope(s3), alone(created)],
  [
    'SQS',
    shapes.sqsEvent(s3, shapes.snsEnvelope(ceph), shapes.eventBridge('b', key), shapes.s3TestEvent, 'no JSON', {
      a: 1,
    }),
    [created, created, created, [], null, null].map((objects, i) => ({ messageId: `message-${i}`, created: objects })),
  ],
  ['an empty batch', { Records: [] }, alone([])],
  ['null', null, alone(null)],
  ['a text', 'Records', alone(null)],
  ['an unknown object', { records: [] }, alone(null)],
  ['unknown records', { Records: [1, null, {}, { eventName: 7 }] }, alone(null)],
  [
    'a record without an object',
    { Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' } } }] },
    alone(null),
  ],
])('%s', (_, event, want) => {
  expect(deliveriesOf(event)).toEqual(want)
})

test.each([
  ['a plain key', 'requests/test/a b'],
  ['a plus', 'requests/a+b'],
  ['an accent and a per cent', 'requests/é 100%'],
  ['an encoded slash', 'requests%2Ftest'],
])('S3 encodes %s, Ceph does not: both are read as it is', (_, odd) => {
  expect(deliveriesOf({ Records: [shapes.s3Record('b', odd)] })).toEqual(alone([{ bucket: 'b', key: odd }]))
  expect(deliveriesOf(shapes.eventBridge('b', odd))).toEqual(alone([{ bucket: 'b', key: odd }]))
})

test('a key that Ceph sends as it is, and that is no encoding, is taken as it is', () => {
  expect(deliveriesOf({ Records: [shapes.cephRecord('b', '100%')] })).toEqual(alone([{ bucket: 'b', key: '100%' }]))
})

test.each<[string, string, string, string | null]>([
  ['a request', key, '', id],
  ['a request below a prefix', `a/b/${key}`, 'a/b', id],
  ['the prefix missing', key, 'a/b', null],
  ['another prefix', `a/c/${key}`, 'a/b', null],
  ['a reply', `replies/test/version/${id}`, '', null],
  ['another model', `requests/test/other/${id}`, '', null],
  ['a model that begins alike', `requests/test/version2/${id}`, '', null],
  ['no session id', 'requests/test/version/hello', '', null],
  ['capitals', `requests/test/version/${id.toUpperCase()}`, '', null],
  ['something below', `${key}/x`, '', null],
  ['something above', `requests/test/version/../version/${id}`, '', null],
  ['a space after', `${key} `, '', null],
  ['nothing', '', '', null],
])('the session of %s', (_, name, prefix, want) => {
  expect(sessionOf({ bucket: 'b', key: name }, 'test/version', prefix)).toBe(want)
})
