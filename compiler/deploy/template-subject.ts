/** What the parts of a template are made for. */
export interface TemplateSubject {
  /** Names of the models, each once. */
  readonly models: readonly string[]
  /** Whether replies are signed. */
  readonly signs: boolean
}

/** All objects of the models in a folder of the bucket, as a list of resources. */
export function objectsIn(folder: 'requests' | 'replies', { models }: TemplateSubject): string {
  const arns = models.map((model) => `!Sub 'arn:\${AWS::Partition}:s3:::\${BucketName}/${folder}/${model}/*'`)
  return arns.length === 1 ? arns.join() : `[${arns.join(', ')}]`
}
