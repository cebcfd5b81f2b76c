/** Notifications of an object, in the shapes in which services send them. */

/** As S3 sends it (the documented event message structure 2.3); the key as in a query string. */
export const s3Record = (bucket: string, key: string, eventName = 'ObjectCreated:Put') => ({
  eventVersion: '2.3',
  eventSource: 'aws:s3',
  awsRegion: 'eu-central-1',
  eventTime: '2026-01-01T00:00:00.000Z',
  eventName,
  userIdentity: { principalId: 'AWS:AIDAEXAMPLE' },
  requestParameters: { sourceIPAddress: '192.0.2.1' },
  responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9' },
  s3: {
    s3SchemaVersion: '1.0',
    configurationId: 'requests',
    bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
    object: {
      key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
      size: 2763,
      eTag: 'd41d8cd98f00b204e9800998ecf8427e',
      sequencer: '0055AED6DCD90281E5',
    },
  },
})

/** As Ceph's gateway sends it; the key as it is. Recorded from version 16.2. */
export const cephRecord = (bucket: string, key: string) => ({
  eventVersion: '2.2',
  eventSource: 'ceph:s3',
  awsRegion: '',
  eventTime: '2026-01-01T00:00:00.229356Z',
  eventName: 'ObjectCreated:Put',
  userIdentity: { principalId: 'test' },
  requestParameters: { sourceIPAddress: '' },
  responseElements: {
    'x-amz-request-id': '30d9f0af-4e61-4c37-8a64-139a891eed63.4104.12971468429336349265',
    'x-amz-id-2': '1008-default-default',
  },
  s3: {
    s3SchemaVersion: '1.0',
    configurationId: 'requests',
    bucket: {
      name: bucket,
      ownerIdentity: { principalId: 'test' },
      arn: `arn:aws:s3:::${bucket}`,
      id: '30d9f0af-4e61-4c37-8a64-139a891eed63.4106.1',
    },
    object: {
      key,
      size: 2763,
      eTag: '9dd4e461268c8034f5c8564e155c67a6',
      versionId: '',
      sequencer: 'F7F8026BA3E3CC0D',
      metadata: [{ key: 'x-amz-date', val: '20260101T000000Z' }],
      tags: [],
    },
  },
  eventId: '1795356919.231531.9dd4e461268c8034f5c8564e155c67a6',
  opaqueData: '',
})

/** As MinIO sends it to a webhook. */
export const minioEvent = (bucket: string, key: string) => ({
  EventName: 's3:ObjectCreated:Put',
  Key: `${bucket}/${key}`,
  Records: [{ ...s3Record(bucket, key, 's3:ObjectCreated:Put'), eventSource: 'minio:s3' }],
})

/** As EventBridge sends it; the key as it is. */
export const eventBridge = (bucket: string, key: string, type = 'Object Created') => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': type,
  source: 'aws.s3',
  account: '111122223333',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-central-1',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: { key, size: 2763, etag: 'b1946ac92492d2347c6235b4d2611184', sequencer: '00617F08299329D189' },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '123456789012',
    'source-ip-address': '192.0.2.1',
    reason: 'PutObject',
  },
})

/** What S3 sends when notifications are set up. */
export const s3TestEvent = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-01-01T00:00:00.000Z',
  Bucket: 'bucket',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
}

/** What SNS wraps around a message that it delivers to a queue or a webhook. */
export const snsEnvelope = (message: object) => ({
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: 'arn:aws:sns:eu-central-1:123456789012:requests',
  Subject: 'Amazon S3 Notification',
  Message: JSON.stringify(message),
  Timestamp: '2026-01-01T00:00:00.000Z',
})

/** What SNS sends to a function itself. */
export const snsEvent = (message: object) => ({
  Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: snsEnvelope(message) }],
})

/** Messages of a queue, as the function gets them. */
export const sqsEvent = (...messages: readonly (object | string)[]) => ({
  Records: messages.map((message, i) => ({
    messageId: `message-${i}`,
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    body: typeof message === 'string' ? message : JSON.stringify(message),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1545082649183' },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:requests',
    awsRegion: 'eu-central-1',
  })),
})
