import type { Contract } from 'emp-compile-runtime/internal/contract'
import { generatedBy } from '../version.ts'
import { functionsTemplate } from './template-functions.ts'
import { objectsIn } from './template-subject.ts'
import { watchTemplate } from './template-watch.ts'

/**
 * An AWS SAM template that deploys packaged models: the bucket, the function that answers, the function that hands out
 * tickets, the policy for clients that have AWS credentials, and what watches over them. What it must hold is in
 * `test/deploy/deploy.test.ts`.
 */
export function template(contracts: readonly Contract[]): string {
  const models = [...new Set(contracts.map(({ name }) => name))]
  const subject = { models, signs: contracts.some(({ replyKey }) => replyKey !== undefined) }
  const name = models.join(', ')
  const secretParameter = subject.signs
    ? `
  ReplyKeySecretArn:
    Type: String
    Description: ARN of the secret in Secrets Manager that holds the private reply key, as PEM, or several of them.
    AllowedPattern: 'arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+'`
    : ''
  return `# ${generatedBy}
#
# Deploys the model ${name}. In the directory of this file:
#
#   sam deploy --guided --capabilities CAPABILITY_IAM
#
# server/ holds the model: whoever can read the function's code, or this directory, can read its thresholds.
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: Private predictions of the model ${name}, over a bucket

Parameters:
  BucketName:
    Type: String
    Description: Name of the bucket to make; it has to be unique in the world.
    AllowedPattern: '[a-z0-9][a-z0-9-]{1,61}[a-z0-9]'
  Concurrency:
    Type: Number
    Default: 0
    MinValue: 0
    Description: Evaluations at a time at most, reserved from the account's limit; it bounds the cost. A new account has none to reserve, so 0 reserves none.
  MemorySize:
    Type: Number
    Default: 1769
    MinValue: 256
    MaxValue: 10240
    Description: Memory of the answering function in MB. It decides the share of a CPU; 1769 is one whole.
  NodeRuntime:
    Type: String
    Default: nodejs22.x
    AllowedValues: [nodejs22.x, nodejs24.x]
    Description: The runtime of both functions.
  AlarmTopicArn:
    Type: String
    Default: ''
    Description: ARN of an SNS topic that is told of alarms; they are raised without one, too.
  Redrive:
    Type: String
    Default: 'no'
    AllowedValues: ['no', 'yes']
    Description: Whether what lies in the failure queue is tried again now; set it back when the queue is empty.
  LogRetentionDays:
    Type: Number
    Default: 30
    AllowedValues: [1, 3, 5, 7, 14, 30, 60, 90, 180, 365]
    Description: Days after which logs are removed. They hold no contents.
  TicketsPerHour:
    Type: Number
    Default: 60
    MinValue: 1
    Description: Sessions of one caller in an hour at most, per instance of the ticket function (at most two).
  AllowedOrigin:
    Type: String
    Default: '*'
    Description: Origin of the pages that may ask, such as https://example.org.${secretParameter}

Conditions:
  Reserves: !Not [!Equals [!Ref Concurrency, 0]]
  Tells: !Not [!Equals [!Ref AlarmTopicArn, '']]
  Redrives: !Equals [!Ref Redrive, 'yes']

Resources:
  # Requests and replies, for a day at most. The name is a parameter, not a reference, in every policy: a reference would
  # make a circle of bucket, function and role.
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Ref BucketName
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      OwnershipControls:
        Rules:
          - ObjectOwnership: BucketOwnerEnforced
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: AES256
      LifecycleConfiguration:
        Rules:
          - Id: requests
            Prefix: requests/
            Status: Enabled
            ExpirationInDays: 1
          - Id: replies
            Prefix: replies/
            Status: Enabled
            ExpirationInDays: 1
          - Id: uploads
            Status: Enabled
            AbortIncompleteMultipartUpload:
              DaysAfterInitiation: 1
      # For the presigned URLs of tickets, out of a page.
      CorsConfiguration:
        CorsRules:
          - AllowedOrigins: [!Ref AllowedOrigin]
            AllowedMethods: [PUT, GET, DELETE]
            AllowedHeaders: [content-type, if-none-match]
            MaxAge: 3600

  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Sid: EncryptedConnectionsOnly
            Effect: Deny
            Principal: '*'
            Action: s3:*
            Resource:
              - !Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}'
              - !Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}/*'
            Condition:
              Bool:
                aws:SecureTransport: 'false'

${functionsTemplate(subject)}
  # For roles and users of clients with credentials of their own, which use the bucket as a store.
  ClientPolicy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          # A put whose response was lost is looked at.
          - Effect: Allow
            Action: [s3:PutObject, s3:GetObject, s3:DeleteObject]
            Resource: ${objectsIn('requests', subject)}
          - Effect: Allow
            Action: [s3:GetObject, s3:DeleteObject]
            Resource: ${objectsIn('replies', subject)}
          - Effect: Allow
            Action: s3:ListBucket
            Resource: !Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}'

${watchTemplate(subject)}
Outputs:
  Store:
    Description: For clients with credentials (predict --store)
    Value: !Sub s3://\${BucketName}
  TicketUrl:
    Description: For clients without (predict --tickets)
    Value: !GetAtt TicketsUrl.FunctionUrl
  ClientPolicyArn:
    Description: To attach to the roles of clients with credentials
    Value: !Ref ClientPolicy
  FailureQueueUrl:
    Description: Notifications that could not be answered
    Value: !Ref FailureQueue
`
}
