import { type CollectionTag, parse, type ScalarTag } from 'yaml'

/** A value of a template; references and conditions are objects of one member: `Ref`, `GetAtt`, `Sub`, `If`, `Not` or `Equals`. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value }
export type Mapping = { readonly [name: string]: Value }

const tag = (name: string): ScalarTag => ({
  tag: `!${name}`,
  identify: () => false,
  resolve: (text: string) => ({ [name]: text }),
})

const sequenceTag = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (sequence) => ({ [name]: sequence.toJSON() }),
})

/** Parses a template of CloudFormation. */
export function parseTemplate(text: string): Mapping {
  const customTags = [...['Ref', 'GetAtt', 'Sub'].map(tag), ...['If', 'Not', 'Equals'].map(sequenceTag)]
  return parse(text, { customTags }) as Mapping
}

export const mapping = (value: Value | undefined): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {}
export const list = (value: Value | undefined): readonly Value[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value as Value]
const at = (value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined =>
  path.reduce<Value | undefined>((inner, name) => (inner as Record<string, Value> | undefined)?.[name], value)

/** The names that a value refers to. */
function references(value: Value): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    if (typeof inner !== 'string') return references(inner)
    if (name === 'Ref') return [inner]
    if (name === 'GetAtt') return [inner.split('.')[0] ?? '']
    if (name === 'Sub')
      return [...inner.matchAll(/\$\{([^}]+)\}/g)].map(([, variable = '']) => variable.split('.')[0] ?? '')
    return []
  })
}

/** A resource's name as text, for patterns. */
const textOf = (value: Value) => (typeof value === 'string' ? value : JSON.stringify(value))

interface Statement {
  readonly effect: Value | undefined
  readonly actions: readonly Value[]
  readonly resources: readonly string[]
}

function statementsOf(resource: Value | undefined): readonly Statement[] {
  const policies = list(at(resource, 'Properties', 'Policies')).map((policy) => at(policy, 'PolicyDocument'))
  return [...policies, at(resource, 'Properties', 'PolicyDocument')].flatMap((document) =>
    list(at(document, 'Statement')).map((statement) => ({
      effect: at(statement, 'Effect'),
      actions: list(at(statement, 'Action')),
      resources: list(at(statement, 'Resource')).map(textOf),
    })),
  )
}

/** What a policy allows on objects of S3, as `GetObject requests`. */
function objectRights(resource: Value | undefined): readonly string[] {
  const rights = statementsOf(resource)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) =>
        resources.flatMap((name) => {
          const folder = /\/(requests|replies)\/[a-z0-9-]+\/\*"?\}?$/.exec(name)?.[1] ?? 'elsewhere'
          return /^s3:\w+Object$/.test(String(action)) ? [`${String(action).slice(3)} ${folder}`] : []
        }),
      ),
    )
  const unique = [...new Set(rights)]
  // Of several models each has the same.
  const isEven = unique.every((right) => rights.filter((one) => one === right).length === rights.length / unique.length)
  return (isEven ? unique : rights).sort()
}

/** The rules that a template breaks, by name. */
export function brokenRules(template: Mapping): readonly string[] {
  const [parameters, resources] = [mapping(template.Parameters), mapping(template.Resources)]
  const of = (type: string) => Object.entries(resources).filter(([, resource]) => at(resource, 'Type') === type)
  const functions = of('AWS::Serverless::Function')
  const made = functions.flatMap(([name, resource]) =>
    at(resource, 'Properties', 'FunctionUrlConfig') ? [`${name}Url`] : [],
  )
  const known = new Set([...Object.keys(parameters), ...Object.keys(resources), ...made])
  const named = references(template)
  const bucket = at(resources, 'Bucket', 'Properties')
  const server = at(resources, 'Server', 'Properties')
  const lifecycle = list(at(bucket, 'LifecycleConfiguration', 'Rules'))
  const expires = (prefix: string) =>
    lifecycle.some((rule) => {
      return at(rule, 'Prefix') === prefix && at(rule, 'Status') === 'Enabled' && at(rule, 'ExpirationInDays') === 1
    })
  const everyStatement = Object.values(resources).flatMap(statementsOf)
  const allowed = everyStatement.filter(({ effect }) => effect === 'Allow')
  const events = functions.flatMap(([, resource]) => Object.values(mapping(at(resource, 'Properties', 'Events'))))
  const requestEvents = events.filter((event) => at(event, 'Type') === 'S3')
  const [redrive, ...others] = events.filter((event) => at(event, 'Type') === 'SQS')
  const alarms = of('AWS::CloudWatch::Alarm').map(([, alarm]) => alarm)
  const runtimes = list(at(parameters, 'NodeRuntime', 'AllowedValues')).map(String)
  const cors = at(bucket, 'CorsConfiguration', 'CorsRules', 0)
  const failureQueue = textOf(at(server, 'EventInvokeConfig', 'DestinationConfig', 'OnFailure', 'Destination') ?? '')

  /** Bucket -> function (its notification) and every reference. */
  const edges = new Map(Object.entries(resources).map(([name, resource]) => [name, new Set(references(resource))]))
  for (const [name, resource] of functions) {
    for (const event of Object.values(mapping(at(resource, 'Properties', 'Events')))) {
      const source = textOf(at(event, 'Properties', 'Bucket', 'Ref') ?? '')
      edges.get(name)?.delete(source)
      edges.get(source)?.add(name)
    }
  }
  const isOnCircle = (start: string) => {
    const seen = new Set<string>()
    const reach = (name: string): boolean =>
      [...(edges.get(name) ?? [])].some((next) => next === start || (!seen.has(next) && seen.add(next) && reach(next)))
    return reach(start)
  }

  const rules: readonly (readonly [string, boolean])[] = [
    ['references resolve', named.every((name) => known.has(name) || name.startsWith('AWS::'))],
    ['parameters are used', Object.keys(parameters).every((name) => named.includes(name))],
    [
      'parameters are described',
      Object.values(parameters).every((one) => String(at(one, 'Description') ?? '').length > 20),
    ],
    ['no circle', !Object.keys(resources).some(isOnCircle)],
    [
      'no wildcard actions',
      allowed.every(({ actions }) => actions.every((one) => /^[a-z0-9]+:[A-Za-z]+$/.test(String(one)))),
    ],
    [
      'no wildcard resources',
      allowed.every(({ actions, resources: names }) =>
        names.every(
          (name) =>
            !name.includes('*') ||
            (actions.every((one) => String(one).startsWith('s3:')) &&
              /\/(requests|replies)\/[a-z0-9-]+\/\*/.test(name)),
        ),
      ),
    ],
    [
      'no public principals',
      list(at(resources, 'BucketPolicy', 'Properties', 'PolicyDocument', 'Statement')).every(
        (one) => at(one, 'Effect') === 'Deny',
      ),
    ],
    [
      'encrypted connections',
      everyStatement.some(({ effect }) => effect === 'Deny') &&
        JSON.stringify(template).includes('"aws:SecureTransport":"false"'),
    ],
    ['no managed policies of others', !/ManagedPolicyArns|AWSLambdaBasicExecutionRole/.test(JSON.stringify(template))],
    [
      'public access blocked',
      ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
        (name) => at(bucket, 'PublicAccessBlockConfiguration', name) === true,
      ),
    ],
    ['ownership enforced', at(bucket, 'OwnershipControls', 'Rules', 0, 'ObjectOwnership') === 'BucketOwnerEnforced'],
    [
      'encryption at rest',
      ['AES256', 'aws:kms'].includes(
        String(
          at(
            bucket,
            'BucketEncryption',
            'ServerSideEncryptionConfiguration',
            0,
            'ServerSideEncryptionByDefault',
            'SSEAlgorithm',
          ),
        ),
      ),
    ],
    ['a new account can deploy it', at(parameters, 'Concurrency', 'Default') === 0],
    ['logs are JSON', functions.every(([, one]) => at(one, 'Properties', 'LoggingConfig', 'LogFormat') === 'JSON')],
    [
      'failures can be tried again',
      others.length === 0 &&
        textOf(at(redrive, 'Properties', 'Queue') ?? '').includes('FailureQueue.Arn') &&
        list(at(redrive, 'Properties', 'FunctionResponseTypes')).includes('ReportBatchItemFailures') &&
        textOf(at(resources, 'FailureQueue', 'Properties', 'RedrivePolicy') ?? '').includes('DeadQueue.Arn') &&
        Number(at(resources, 'FailureQueue', 'Properties', 'VisibilityTimeout')) >= 6 * Number(at(server, 'Timeout')),
    ],
    [
      'somebody is told',
      ['FailureQueue', 'DeadQueue', 'Server', 'Tickets'].every((name) =>
        alarms.some((alarm) => references(at(alarm, 'Properties', 'Dimensions') ?? null).includes(name)),
      ) &&
        alarms.every((alarm) => references(at(alarm, 'Properties', 'AlarmActions') ?? null).includes('AlarmTopicArn')),
    ],
    [
      'the log is counted as it is written',
      of('AWS::Logs::MetricFilter').some(
        ([, filter]) => at(filter, 'Properties', 'FilterPattern') === '{ $.message.event = "failed" }',
      ),
    ],
    ['nothing stays', expires('requests/') && expires('replies/')],
    [
      'browsers may use tickets',
      ['PUT', 'GET', 'DELETE'].every((one) => list(at(cors, 'AllowedMethods')).includes(one)) &&
        ['content-type', 'if-none-match'].every((one) => list(at(cors, 'AllowedHeaders')).includes(one)),
    ],
    [
      'requests alone call',
      requestEvents.length > 0 &&
        requestEvents.every((event) => {
          const rule = at(event, 'Properties', 'Filter', 'S3Key', 'Rules', 0)
          return (
            at(rule, 'Name') === 'prefix' &&
            /^requests\/[a-z0-9-]+\/$/.test(String(at(rule, 'Value'))) &&
            at(event, 'Properties', 'Events') === 's3:ObjectCreated:Put'
          )
        }),
    ],
    [
      'failures are kept',
      failureQueue.includes('FailureQueue.Arn') &&
        statementsOf(resources.ServerRole).some(
          ({ actions, resources: names }) => actions.includes('sqs:SendMessage') && names.includes(failureQueue),
        ),
    ],
    ['old events are dropped', Number(at(server, 'EventInvokeConfig', 'MaximumEventAgeInSeconds')) <= 300],
    [
      'functions run on arm64 and a current Node',
      functions.every(
        ([, one]) =>
          at(one, 'Properties', 'Runtime', 'Ref') === 'NodeRuntime' &&
          runtimes.every((runtime) => Number(/^nodejs(\d+)\.x$/.exec(runtime)?.[1]) >= 22) &&
          at(one, 'Properties', 'Architectures', 0) === 'arm64',
      ),
    ],
    [
      'concurrency is bounded',
      functions.every(([, one]) => at(one, 'Properties', 'ReservedConcurrentExecutions') !== undefined),
    ],
    [
      'functions have roles of their own',
      new Set(functions.map(([, one]) => textOf(at(one, 'Properties', 'Role') ?? ''))).size === functions.length,
    ],
    [
      'logs end',
      functions.every(([, one]) => {
        const group = resources[String(at(one, 'Properties', 'LoggingConfig', 'LogGroup', 'Ref'))]
        return at(group, 'Type') === 'AWS::Logs::LogGroup' && at(group, 'Properties', 'RetentionInDays') !== undefined
      }),
    ],
    [
      'the server may do what it does, and no more',
      objectRights(resources.ServerRole).join() ===
        'DeleteObject replies,GetObject replies,GetObject requests,PutObject replies',
    ],
    [
      'a ticket may do what it is for, and no more',
      objectRights(resources.TicketsRole).join() === 'DeleteObject replies,GetObject replies,PutObject requests',
    ],
    [
      'a client may do what it does, and no more',
      objectRights(resources.ClientPolicy).join() ===
        'DeleteObject replies,DeleteObject requests,GetObject replies,GetObject requests,PutObject requests',
    ],
    [
      'the ticket function has no secret',
      !JSON.stringify(resources.Tickets).includes('REPLY_KEY') &&
        !JSON.stringify(resources.TicketsRole).includes('secretsmanager'),
    ],
  ]
  return rules.filter(([, holds]) => !holds).map(([name]) => name)
}
