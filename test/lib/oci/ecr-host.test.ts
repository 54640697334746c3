import { expect, it } from 'vitest'
import { parseEcrHost } from '../../../lib/oci/ecr-host.ts'

const account = '111122223333'

it.each([
  ['dkr.ecr.ap-northeast-2.amazonaws.com', 'ap-northeast-2'],
  ['dkr.ecr.mx-central-1.amazonaws.com', 'mx-central-1'],
  ['dkr.ecr-fips.us-east-1.amazonaws.com', 'us-east-1'],
  ['dkr.ecr.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['dkr.ecr-fips.us-gov-east-1.amazonaws.com', 'us-gov-east-1'],
  ['dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
  ['dkr-ecr.ap-northeast-2.on.aws', 'ap-northeast-2'],
  ['dkr-ecr-fips.us-gov-west-1.on.aws', 'us-gov-west-1'],
  ['dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn', 'cn-northwest-1'],
  ['dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu', 'eusc-de-east-1'],
])('reads the region of a registry at %s', (host, region) => {
  expect(parseEcrHost(`${account}.${host}`)).toEqual({ account, region })
})

it.each([
  '',
  'registry.test',
  'public.ecr.aws',
  `dkr.ecr.us-east-1.amazonaws.com`,
  '1111.dkr.ecr.us-east-1.amazonaws.com',
  `${account}.dkr.ecr.us-east-1.amazonaws.com.cn`,
  `${account}.dkr.ecr.cn-north-1.amazonaws.com`,
  `${account}.dkr.ecr.eusc-de-east-1.amazonaws.com`,
  `${account}.dkr.ecr.us-east-1.on.aws`,
  `${account}.dkr-ecr.us-east-1.amazonaws.com`,
  `${account}.dkr.ecr.us-east-1.amazonaws.com.attacker.test`,
  `x${account}.dkr.ecr.us-east-1.amazonaws.com`,
  `${account}.dkr.ecr.us-east-1.amazonaws.com:443`,
])('knows no registry of ECR at "%s"', (host) => {
  expect(parseEcrHost(host)).toBeUndefined()
})
