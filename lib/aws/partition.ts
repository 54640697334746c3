/** What ARNs begin with in a region, and its addresses end with. */
export type Partition = { name: string; dnsSuffix: string }

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const partitions: readonly (readonly [regions: RegExp, partition: Partition])[] = [
  [/^cn-/, { name: 'aws-cn', dnsSuffix: 'amazonaws.com.cn' }],
  [/^us-gov-/, { name: 'aws-us-gov', dnsSuffix: 'amazonaws.com' }],
  [/^eusc-/, { name: 'aws-eusc', dnsSuffix: 'amazonaws.eu' }],
]

/** Names the partition of a region; the isolated ones are not supported. */
export function partitionOf(region: string): Partition {
  const found = partitions.find(([regions]) => regions.test(region))
  return found?.[1] ?? { name: 'aws', dnsSuffix: 'amazonaws.com' }
}
