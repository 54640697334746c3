/** One call to AWS, for messages: the IAM action that it needs, and what it is about; '' where the input names nothing. */
export type AwsCall = { action: string; resource: string }

// Where IAM's prefix is not the client's name in lower case:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
const prefixes: Readonly<Record<string, string>> = {
  ApplicationAutoScaling: 'application-autoscaling',
  CloudWatchLogs: 'logs',
  ElasticLoadBalancingV2: 'elasticloadbalancing',
}

// Where the action is not the operation's name:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
const actions: Readonly<Record<string, string>> = {
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:DeleteObjects': 's3:DeleteObject',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
}

// The first that an input has names its resource; those of one line stand together.
const fields: readonly (readonly string[])[] = [
  ['StackName', 'ChangeSetName'],
  ['ChangeSetName'],
  ['StackName'],
  ['cluster', 'service'],
  ['cluster', 'services'],
  ['cluster'],
  ['clusters'],
  ['capacityProviders'],
  ['AutoScalingGroupName'],
  ['AutoScalingGroupNames'],
  ['ResourceId'],
  ['ResourceIds'],
  ['TargetGroupArn'],
  ['CertificateArn'],
  ['Bucket', 'Key'],
  ['Bucket'],
  ['repositoryName'],
  ['repositoryNames'],
  ['RoleName'],
  ['AWSServiceName'],
  ['logGroupName'],
  ['logGroupNamePrefix'],
  ['resourceArn'],
  ['FunctionName'],
  ['Names'],
  ['WorkGroup'],
  ['QueryExecutionId'],
  ['DatabaseName', 'TableName'],
  ['DatabaseName', 'Name'],
  ['DatabaseName'],
  ['DeliveryStreamName'],
  ['Name'],
]
const longestList = 3

/** Describes a call by the names that the SDK's middleware gets, and its input. */
export function describeCall(
  { clientName = '', commandName = '' }: { clientName?: string; commandName?: string },
  input: object,
): AwsCall {
  const client = clientName.replace(/Client$/, '')
  const operation = commandName.replace(/Command$/, '')
  const action = `${prefixes[client] ?? client.toLowerCase()}:${operation}`
  return { action: nameAction(actions[action] ?? action, input), resource: nameResource(input) }
}

// A version has an action of its own.
const nameAction = (action: string, input: object) =>
  action === 's3:GetObject' && Object(input).VersionId !== undefined ? 's3:GetObjectVersion' : action

function nameResource(input: object): string {
  const named = fields.find((line) => line.every((field) => isName(Object(input)[field])))
  return (named ?? []).map((field) => renderName(Object(input)[field])).join('/')
}

const isName = (value: unknown) => (typeof value === 'string' || Array.isArray(value)) && value.length > 0

function renderName(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  const more = value.length > longestList ? `, … (${value.length} in all)` : ''
  return `${value.slice(0, longestList).join(', ')}${more}`
}
