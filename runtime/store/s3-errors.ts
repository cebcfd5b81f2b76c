import { StoreError } from '../errors.ts'

/** What an error of the SDK says: the service's code or the system's, and the status of the response if there was one. */
export interface S3Failure {
  readonly code: string
  readonly status: number | null
}

/** Reads an error of the SDK. Its other fields may quote keys and credentials, and go no further. */
export function failureOf(error: unknown): S3Failure {
  if (typeof error !== 'object' || error === null) return { code: 'unknown', status: null }
  const fields = error as {
    readonly name?: unknown
    readonly code?: unknown
    readonly $metadata?: { readonly httpStatusCode?: unknown }
    readonly $response?: { readonly statusCode?: unknown }
  }
  const status = fields.$metadata?.httpStatusCode ?? fields.$response?.statusCode
  const code = [fields.code, fields.name].find((text) => typeof text === 'string' && /^\w{1,60}$/.test(text))
  return { code: String(code ?? 'unknown'), status: typeof status === 'number' ? status : null }
}

/** Tells whether the same request may succeed when it is sent again. */
export function isTransient(error: unknown): boolean {
  const { code, status } = failureOf(error)
  // A clock that is wrong is corrected by the SDK as soon as the service has told the time.
  if (['SlowDown', 'RequestTimeout', 'RequestTimeTooSkewed', 'TimeoutError'].includes(code)) return true
  if (isOfNetwork(code) || isDamaged(error)) return true
  if (status === null) return false
  return status >= 500 || [408, 409, 429].includes(status) || status < 300
}

/** The system's codes; a connection may break after the status of the response has come. */
const isOfNetwork = (code: string) => /^(E[A-Z]+|ERR_(STREAM|SSL)_\w+|HPE_\w+)$/.test(code)
const isDamaged = (error: unknown) => error instanceof Error && error.message.startsWith('Checksum mismatch')

/** The error that a store on S3 rejects with: names the bucket and what to do, never a key or credentials. */
export function storeError(action: string, bucket: string, error: unknown): StoreError {
  const failure = failureOf(error)
  const cause = new Error(`${failure.code}, ${failure.status === null ? 'no response' : `status ${failure.status}`}`)
  return new StoreError(`Cannot ${action} the bucket "${bucket}": ${describe(failure, error)}`, { cause })
}

function describe({ code, status }: S3Failure, error: unknown): string {
  switch (code) {
    case 'NoSuchBucket':
      return 'there is no such bucket. Create it, or check its name, AWS_REGION and AWS_ENDPOINT_URL.'
    case 'AccessDenied':
    case 'AllAccessDisabled':
    case 'AccountProblem':
      return 'access is denied. Allow this user s3:GetObject, s3:PutObject and s3:DeleteObject on its objects and s3:ListBucket on the bucket: without the last, what is absent counts as denied.'
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'InvalidToken':
    case 'ExpiredToken':
    case 'TokenRefreshRequired':
      return `the credentials are refused (${code}). Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile.`
    case 'RequestTimeTooSkewed':
      return 'the clock of this machine is wrong. Set it.'
    case 'CredentialsProviderError':
      return 'there are no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role.'
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return 'it is in another region. Set AWS_REGION to the region of the bucket.'
    default:
  }
  if (code === 'Error' && error instanceof Error && /\bregion\b/i.test(error.message)) {
    return 'no region is set. Set AWS_REGION to the region of the bucket.'
  }
  if (status === null || isOfNetwork(code))
    return `the service is unreachable (${code}). Check the network and AWS_ENDPOINT_URL.`
  if (status >= 500 || status === 429 || status === 409) {
    return `the service fails (${code}, status ${status}). Try again later.`
  }
  return `the service refuses the request (${code}, status ${status}). Is it S3, and is AWS_ENDPOINT_URL right?`
}
