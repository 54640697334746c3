/** A type of resource whose name is taken once in an account, and region or world. */
export type NamedType = {
  /** What it is called in a message. */
  noun: string
  /** Path of the name in the properties. */
  property: readonly string[]
  /** Whether a stack can adopt one: CloudFormation imports it by that name alone, and it holds data. */
  adoptable: boolean
  /** Paths of other properties that no update can change. */
  fixed?: readonly (readonly string[])[]
}

const compute = (noun: string, ...property: string[]): NamedType => ({ noun, property, adoptable: false })
const data = (noun: string, ...property: string[]): NamedType => ({ noun, property, adoptable: true })

/** What is known of types, by type; a deployment looks for those names before it makes anything. */
export const namedTypes: ReadonlyMap<string, NamedType> = new Map([
  ['AWS::S3::Bucket', data('bucket', 'BucketName')],
  [
    'AWS::ECR::Repository',
    {
      ...data('image repository', 'RepositoryName'),
      fixed: [
        ['EncryptionConfiguration', 'EncryptionType'],
        ['EncryptionConfiguration', 'KmsKey'],
      ],
    },
  ],
  ['AWS::Logs::LogGroup', data('log group', 'LogGroupName')],
  ['AWS::ECS::Cluster', compute('ECS cluster', 'ClusterName')],
  ['AWS::ECS::CapacityProvider', compute('capacity provider', 'Name')],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', compute('load balancer', 'Name')],
  ['AWS::Lambda::Function', compute('function', 'FunctionName')],
  ['AWS::Glue::Database', compute('Glue database', 'DatabaseInput', 'Name')],
  ['AWS::Athena::WorkGroup', compute('Athena workgroup', 'Name')],
])
