import { expect, it } from 'vitest'
import { partitionOf } from '../../lib/partition.ts'

it.each([
  ['ap-northeast-2', 'aws', 'amazonaws.com', 'console.aws.amazon.com'],
  ['mx-central-1', 'aws', 'amazonaws.com', 'console.aws.amazon.com'],
  ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn', 'console.amazonaws.cn'],
  ['us-gov-east-1', 'aws-us-gov', 'amazonaws.com', 'console.amazonaws-us-gov.com'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu', 'console.amazonaws-eusc.eu'],
])('names the partition of %s', (region, name, dnsSuffix, consoleHost) => {
  expect(partitionOf(region)).toEqual({ name, dnsSuffix, consoleHost })
})
