/** What ARNs begin with in a region, what its addresses end with, and where its console is. */
export type Partition = { name: string; dnsSuffix: string; consoleHost: string }

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const partitions: readonly (readonly [regions: RegExp, partition: Partition])[] = [
  [/^cn-/, { name: 'aws-cn', dnsSuffix: 'amazonaws.com.cn', consoleHost: 'console.amazonaws.cn' }],
  [
    /^us-gov-/,
    { name: 'aws-us-gov', dnsSuffix: 'amazonaws.com', consoleHost: 'console.amazonaws-us-gov.com' },
  ],
  [/^eusc-/, { name: 'aws-eusc', dnsSuffix: 'amazonaws.eu', consoleHost: 'console.amazonaws-eusc.eu' }],
]

/** Names the partition of a region; the isolated ones are not supported. */
export function partitionOf(region: string): Partition {
  const found = partitions.find(([regions]) => regions.test(region))
  return found?.[1] ?? { name: 'aws', dnsSuffix: 'amazonaws.com', consoleHost: 'console.aws.amazon.com' }
}
