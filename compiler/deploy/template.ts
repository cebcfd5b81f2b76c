import type { Contract } from '../../runtime/contract.ts'
import { generatedBy } from '../version.ts'

/**
 * An AWS SAM template that deploys a packaged model: the bucket, the function that answers, the function that hands out
 * tickets, and the policy for clients that have AWS credentials. What it must hold is in `test/deploy.test.ts`.
 */
export function template({ model, replyKey }: Contract): string {
  const signs = replyKey !== undefined
  const secretParameter = signs
    ? `
  ReplyKeySecretArn:
    Type: String
    Description: ARN of the secret in Secrets Manager that holds the private reply key, as PEM.
    AllowedPattern: 'arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+'`
    : ''
  const secretVariable = signs
    ? `
      Environment:
        Variables:
          EMP_COMPILE_REPLY_KEY_SECRET: !Ref ReplyKeySecretArn`
    : ''
  const secretStatement = signs
    ? `
              - Effect: Allow
                Action: secretsmanager:GetSecretValue
                Resource: !Ref ReplyKeySecretArn`
    : ''
  const objects = (folder: string) => `!Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}/${folder}/${model}/*'`
  return `# ${generatedBy}
#
# Deploys the model ${model}. In the directory of this file:
#
#   sam deploy --guided --capabilities CAPABILITY_IAM
#
# server/ holds the model: whoever can read the function's code, or this directory, can read its thresholds.
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: Private predictions of the model ${model}, over a bucket

Parameters:
  BucketName:
    Type: String
    Description: Name of the bucket to make; it has to be unique in the world.
    AllowedPattern: '[a-z0-9][a-z0-9-]{1,61}[a-z0-9]'
  Concurrency:
    Type: Number
    Default: 10
    MinValue: 1
    Description: Evaluations at a time at most, reserved from the account's own limit. It bounds the cost, too.
  MemorySize:
    Type: Number
    Default: 1769
    MinValue: 256
    MaxValue: 10240
    Description: Memory of the answering function in MB. It decides the share of a CPU; 1769 is one whole.
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

  Server:
    Type: AWS::Serverless::Function
    Properties:
      Description: Answers encrypted requests to the model ${model}
      CodeUri: server/
      Handler: index.handler
      Runtime: nodejs22.x
      Architectures: [arm64]
      MemorySize: !Ref MemorySize
      Timeout: 30
      Role: !GetAtt ServerRole.Arn
      ReservedConcurrentExecutions: !Ref Concurrency
      LoggingConfig:
        LogGroup: !Ref ServerLog${secretVariable}
      # A client has given up after five minutes. What fails until then is kept for an operator.
      EventInvokeConfig:
        MaximumEventAgeInSeconds: 300
        MaximumRetryAttempts: 2
        DestinationConfig:
          OnFailure:
            Type: SQS
            Destination: !GetAtt FailureQueue.Arn
      # Requests alone: a reply can never call the function.
      Events:
        Request:
          Type: S3
          Properties:
            Bucket: !Ref Bucket
            Events: s3:ObjectCreated:Put
            Filter:
              S3Key:
                Rules:
                  - Name: prefix
                    Value: requests/${model}/

  ServerRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Service: lambda.amazonaws.com
            Action: sts:AssumeRole
      Policies:
        - PolicyName: server
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: ${objects('requests')}
              - Effect: Allow
                Action: [s3:GetObject, s3:PutObject, s3:DeleteObject]
                Resource: ${objects('replies')}
              # Without it, an object that is not there is "access denied".
              - Effect: Allow
                Action: s3:ListBucket
                Resource: !Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}'
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !GetAtt ServerLog.Arn
              - Effect: Allow
                Action: sqs:SendMessage
                Resource: !GetAtt FailureQueue.Arn${secretStatement}

  ServerLog:
    Type: AWS::Logs::LogGroup
    Properties:
      RetentionInDays: !Ref LogRetentionDays

  # Notifications that failed three times: look here when a client says "deadline".
  FailureQueue:
    Type: AWS::SQS::Queue
    Properties:
      SqsManagedSseEnabled: true
      MessageRetentionPeriod: 1209600

  # Hands out tickets to clients without credentials. It has no part of the model.
  Tickets:
    Type: AWS::Serverless::Function
    Properties:
      Description: Hands out sessions with the model ${model}
      CodeUri: tickets/
      Handler: index.handler
      Runtime: nodejs22.x
      Architectures: [arm64]
      MemorySize: 256
      Timeout: 5
      Role: !GetAtt TicketsRole.Arn
      ReservedConcurrentExecutions: 2
      LoggingConfig:
        LogGroup: !Ref TicketsLog
      Environment:
        Variables:
          EMP_COMPILE_STORE: !Sub s3://\${BucketName}
          EMP_COMPILE_TICKETS_PER_HOUR: !Ref TicketsPerHour
          EMP_COMPILE_ORIGIN: !Ref AllowedOrigin
      FunctionUrlConfig:
        AuthType: NONE

  # What it may do is what a ticket may do.
  TicketsRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Service: lambda.amazonaws.com
            Action: sts:AssumeRole
      Policies:
        - PolicyName: tickets
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: s3:PutObject
                Resource: ${objects('requests')}
              - Effect: Allow
                Action: [s3:GetObject, s3:DeleteObject]
                Resource: ${objects('replies')}
              # A ticket names one object; this only makes "not there yet" out of "access denied".
              - Effect: Allow
                Action: s3:ListBucket
                Resource: !Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}'
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !GetAtt TicketsLog.Arn

  TicketsLog:
    Type: AWS::Logs::LogGroup
    Properties:
      RetentionInDays: !Ref LogRetentionDays

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
            Resource: ${objects('requests')}
          - Effect: Allow
            Action: [s3:GetObject, s3:DeleteObject]
            Resource: ${objects('replies')}
          - Effect: Allow
            Action: s3:ListBucket
            Resource: !Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}'

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
