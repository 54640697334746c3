import { expect, it } from 'vitest'
import { partitionOf } from '../../../lib/aws/partition.ts'

it.each([
  ['ap-northeast-2', 'aws', 'amazonaws.com'],
  ['mx-central-1', 'aws', 'amazonaws.com'],
  ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-east-1', 'aws-us-gov', 'amazonaws.com'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
])('names the partition of %s', (region, name, dnsSuffix) => {
  expect(partitionOf(region)).toEqual({ name, dnsSuffix })
})
