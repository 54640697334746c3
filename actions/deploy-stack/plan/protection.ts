import type { PropertyChange, ResourceChange } from '../../../lib/aws/resource-change.ts'
import { UserError } from '../../../lib/errors.ts'
import type { StackStep } from './plan.ts'

// What they hold cannot be made again. Log groups are none: a template that deletes one says so on purpose.
const dataTypes = new Set([
  ...[
    'AWS::S3::Bucket',
    'AWS::ECR::Repository',
    'AWS::EFS::FileSystem',
    'AWS::EC2::Volume',
    'AWS::FSx::FileSystem',
  ],
  ...['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::DocDB::DBCluster', 'AWS::Neptune::DBCluster'],
  ...['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable', 'AWS::ElastiCache::ReplicationGroup'],
  ...[
    'AWS::OpenSearchService::Domain',
    'AWS::Redshift::Cluster',
    'AWS::Timestream::Table',
    'AWS::Kinesis::Stream',
  ],
  ...['AWS::Cognito::UserPool', 'AWS::KMS::Key', 'AWS::Backup::BackupVault', 'AWS::QLDB::Ledger'],
])

type Protected = Pick<StackStep, 'key' | 'stackName' | 'settings'>

/**
 * Reviews what a change set would do to what is protected: all resources of a stack with `protect`, and those that hold
 * data. Returns why it is refused; undefined where it is not, or where `allow` has `stack.LogicalId` or the stack's name.
 */
export function reviewChanges(
  { key, stackName, settings }: Protected,
  changes: readonly ResourceChange[],
  allow: readonly string[],
): string | undefined {
  if (allow.includes(stackName)) return undefined
  const refused = changes.flatMap((change) => {
    const name = `${key}.${change.logicalId}`
    const fate = fateOf(change)
    const isProtected = settings.isProtected || (dataTypes.has(change.type) && fate !== 'leave the stack')
    if (fate === undefined || !isProtected || allow.includes(name)) return []
    return [{ name, text: `${change.logicalId} (${change.type}) would ${fate}${causeOf(change)}` }]
  })
  if (refused.length === 0) return undefined
  const why = settings.isProtected ? 'stacks.yml protects the stack' : 'it holds data'
  const names = refused.map(({ name }) => name).join(', ')
  return `${refused.map(({ text }) => text).join('; ')}; ${why}: change it back, or allow: ${names}`
}

function fateOf(change: ResourceChange): string | undefined {
  const { action, replacement, policyAction = '', properties = [] } = change
  if (action === 'Remove') return policyAction === 'Retain' ? 'leave the stack' : 'be deleted'
  // CloudFormation may name a property whose value is another function, and the same text.
  if (properties.some(mayReplace) && listCauses(change).length === 0) return undefined
  if (replacement === 'True') return 'be replaced by an empty one'
  return replacement === 'Conditional' ? 'perhaps be replaced by an empty one' : undefined
}

const mayReplace = ({ replaces }: PropertyChange) => replaces !== 'Never'

const listCauses = ({ properties = [] }: ResourceChange) =>
  properties.filter(
    (property) =>
      mayReplace(property) && (property.before === undefined || property.before !== property.after),
  )

function causeOf(change: ResourceChange): string {
  const causes = listCauses(change).map(({ name }) => name.replace(/^Properties\//, ''))
  return causes.length > 0 ? `, since ${causes.join(' and ')} changes` : ''
}

/** Refuses to destroy a stack with `protect` unless `allow` has its name. Throws UserError. */
export function verifyUnprotected(
  entries: readonly { key: string; settings: Protected['settings'] }[],
  stackNames: ReadonlyMap<string, string>,
  allow: readonly string[],
): void {
  for (const { key, settings } of entries) {
    const name = stackNames.get(key) ?? key
    if (!settings.isProtected || allow.includes(name)) continue
    throw new UserError(
      `${name}: stacks.yml protects the stack, so that nothing was deleted; leave it out with the input only, or allow: ${name}`,
    )
  }
}
