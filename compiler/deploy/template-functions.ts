import { objectsIn, type TemplateSubject } from './template-subject.ts'

/** The functions, each with a role and a log of its own, and the queues of what failed. */
export function functionsTemplate(subject: TemplateSubject): string {
  const { models, signs } = subject
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
  const requests = models
    .map(
      (model, i) => `        Request${i === 0 ? '' : i + 1}:
          Type: S3
          Properties:
            Bucket: !Ref Bucket
            Events: s3:ObjectCreated:Put
            Filter:
              S3Key:
                Rules:
                  - Name: prefix
                    Value: requests/${model}/`,
    )
    .join('\n')
  return `  Server:
    Type: AWS::Serverless::Function
    Properties:
      Description: Answers encrypted requests to ${models.join(', ')}
      CodeUri: server/
      Handler: index.handler
      Runtime: !Ref NodeRuntime
      Architectures: [arm64]
      MemorySize: !Ref MemorySize
      Timeout: 30
      Role: !GetAtt ServerRole.Arn
      ReservedConcurrentExecutions: !If [Reserves, !Ref Concurrency, !Ref AWS::NoValue]
      LoggingConfig:
        LogGroup: !Ref ServerLog
        LogFormat: JSON${secretVariable}
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
${requests}
        # What lies in the failure queue, as long as that is asked for.
        Redrive:
          Type: SQS
          Properties:
            Queue: !GetAtt FailureQueue.Arn
            BatchSize: 10
            Enabled: !If [Redrives, true, false]
            FunctionResponseTypes: [ReportBatchItemFailures]

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
                Resource: ${objectsIn('requests', subject)}
              - Effect: Allow
                Action: [s3:GetObject, s3:PutObject, s3:DeleteObject]
                Resource: ${objectsIn('replies', subject)}
              # Without it, an object that is not there is "access denied".
              - Effect: Allow
                Action: s3:ListBucket
                Resource: !Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}'
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !GetAtt ServerLog.Arn
              - Effect: Allow
                Action: [sqs:SendMessage, sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes]
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
      # Six times as long as the function may take.
      VisibilityTimeout: 180
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt DeadQueue.Arn
        maxReceiveCount: 3

  # What failed again when it was tried again, or has no form that the function knows.
  DeadQueue:
    Type: AWS::SQS::Queue
    Properties:
      SqsManagedSseEnabled: true
      MessageRetentionPeriod: 1209600

  # Hands out tickets to clients without credentials. It has no part of the model.
  Tickets:
    Type: AWS::Serverless::Function
    Properties:
      Description: Hands out sessions with ${models.join(', ')}
      CodeUri: tickets/
      Handler: index.handler
      Runtime: !Ref NodeRuntime
      Architectures: [arm64]
      MemorySize: 256
      Timeout: 5
      Role: !GetAtt TicketsRole.Arn
      ReservedConcurrentExecutions: !If [Reserves, 2, !Ref AWS::NoValue]
      LoggingConfig:
        LogGroup: !Ref TicketsLog
        LogFormat: JSON
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
                Resource: ${objectsIn('requests', subject)}
              - Effect: Allow
                Action: [s3:GetObject, s3:DeleteObject]
                Resource: ${objectsIn('replies', subject)}
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
`
}
