import type { TemplateSubject } from './template-subject.ts'

interface Alarm {
  readonly name: string
  readonly description: string
  readonly namespace: string
  readonly metric: string
  readonly dimension: readonly [name: string, value: string] | null
  readonly statistic: 'Sum' | 'Maximum'
  /** Minutes after which it is raised, if the metric was above 0 all the time. */
  readonly minutes: number
}

const alarms: readonly Alarm[] = [
  {
    name: 'FailureAlarm',
    description: 'Sessions that could not be answered wait in the failure queue.',
    namespace: 'AWS/SQS',
    metric: 'ApproximateNumberOfMessagesVisible',
    dimension: ['QueueName', '!GetAtt FailureQueue.QueueName'],
    statistic: 'Maximum',
    minutes: 1,
  },
  {
    name: 'DeadAlarm',
    description: 'What was tried again failed again, or has no form that is known.',
    namespace: 'AWS/SQS',
    metric: 'ApproximateNumberOfMessagesVisible',
    dimension: ['QueueName', '!GetAtt DeadQueue.QueueName'],
    statistic: 'Maximum',
    minutes: 1,
  },
  {
    name: 'ErrorAlarm',
    description: 'Invocations of the answering function fail.',
    namespace: 'AWS/Lambda',
    metric: 'Errors',
    dimension: ['FunctionName', '!Ref Server'],
    statistic: 'Sum',
    minutes: 3,
  },
  {
    name: 'ThrottleAlarm',
    description: 'More is asked than the concurrency allows, so that clients wait.',
    namespace: 'AWS/Lambda',
    metric: 'Throttles',
    dimension: ['FunctionName', '!Ref Server'],
    statistic: 'Sum',
    minutes: 5,
  },
  {
    name: 'TicketErrorAlarm',
    description: 'Tickets cannot be handed out.',
    namespace: 'AWS/Lambda',
    metric: 'Errors',
    dimension: ['FunctionName', '!Ref Tickets'],
    statistic: 'Sum',
    minutes: 3,
  },
  {
    name: 'FailedEventAlarm',
    description: 'The log of the answering function tells of failures, of the store or of the evaluation.',
    namespace: '!Ref AWS::StackName',
    metric: 'failed',
    dimension: null,
    statistic: 'Sum',
    minutes: 5,
  },
]

/** What watches over the functions: a metric out of the log, alarms, and a dashboard. */
export function watchTemplate({ models }: TemplateSubject): string {
  return `  # The log is a line of JSON for each event: what failed, counted.
  FailedEvents:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref ServerLog
      FilterPattern: '{ $.message.event = "failed" }'
      MetricTransformations:
        - MetricNamespace: !Ref AWS::StackName
          MetricName: failed
          MetricValue: '1'
          DefaultValue: 0

${alarms.map(alarmTemplate).join('\n')}
  Dashboard:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub '${JSON.stringify({ widgets: widgets(models) })}'
`
}

function alarmTemplate({ name, description, namespace, metric, dimension, statistic, minutes }: Alarm): string {
  const dimensions =
    dimension === null
      ? ''
      : `
      Dimensions:
        - Name: ${dimension[0]}
          Value: ${dimension[1]}`
  return `  ${name}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: ${description}
      Namespace: ${namespace}
      MetricName: ${metric}${dimensions}
      Statistic: ${statistic}
      Period: 60
      EvaluationPeriods: ${minutes}
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: !If [Tells, [!Ref AlarmTopicArn], !Ref AWS::NoValue]
`
}

function widgets(models: readonly string[]): readonly object[] {
  const of = (name: string) => ['AWS/Lambda', name, 'FunctionName', ['$', '{Server}'].join('')] as const
  const queue = (name: string) =>
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', ['$', `{${name}.QueueName}`].join('')] as const
  const graphs: readonly (readonly [title: string, stat: string, metrics: readonly (readonly string[])[]])[] = [
    [`Evaluations of ${models.join(', ')}`, 'Sum', [of('Invocations'), of('Errors'), of('Throttles')]],
    ['Milliseconds', 'p95', [of('Duration')]],
    ['At a time', 'Maximum', [of('ConcurrentExecutions')]],
    ['Failures that wait', 'Maximum', [queue('FailureQueue'), queue('DeadQueue')]],
  ]
  return graphs.map(([title, stat, metrics], i) => ({
    type: 'metric',
    ...{ x: 12 * (i % 2), y: 6 * Math.floor(i / 2), width: 12, height: 6 },
    properties: { title, stat, metrics, period: 60, region: ['$', '{AWS::Region}'].join('') },
  }))
}
