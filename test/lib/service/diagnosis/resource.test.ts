import { expect, it } from 'vitest'
import { adviseResource } from '../../../../lib/service/diagnosis/resource.ts'

it.each([
  ['ddn-in already exists in stack arn:aws:cloudformation:x', /another name or prefix/],
  [
    'User: arn:aws:sts::1:x is not authorized to perform: ecs:CreateService on resource: y',
    /permission ecs:CreateService, see/,
  ],
  ['is not authorized to perform: sts:AssumeRole', /trust policy/],
  ['Circular dependency between resources: [A, B]', /AWS::EC2::SecurityGroupIngress/],
  ['resource sg-1 has a dependent object (Service: Ec2, Status Code: 400)', /still uses it first/],
  ['The bucket you tried to delete is not empty', /delete-data: true/],
  [
    'Unable to assume the service linked role. Please verify that it exists',
    /create the service-linked role/,
  ],
  ['The maximum number of VPCs has been reached.', /Service Quotas/],
  ['No Fargate configuration exists for given values: 300 CPU, 512 memory', /Fargate offers together/],
  ['Exceeded attempts to wait', /waited for it in vain/],
  ['Rate exceeded', /run again/],
])('says what to do about %s', (reason, expected) => {
  expect(adviseResource(reason)).toMatch(expected)
})

it('says nothing about what it does not know', () => {
  expect(adviseResource('Value of property X must be of type Number')).toBeUndefined()
})
