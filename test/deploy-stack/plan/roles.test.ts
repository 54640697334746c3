import { expect, it } from 'vitest'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { listServiceLinkedRoles } from '../../../actions/deploy-stack/plan/roles.ts'

const template = (...types: string[]) =>
  parseTemplate(
    JSON.stringify({ Resources: Object.fromEntries(types.map((Type, at) => [`R${at}`, { Type }])) }),
    't',
  )

it.each([
  ['AWS::ECS::Cluster', 'ecs.amazonaws.com', 'AWSServiceRoleForECS'],
  ['AWS::AutoScaling::AutoScalingGroup', 'autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling'],
  [
    'AWS::ApplicationAutoScaling::ScalableTarget',
    'ecs.application-autoscaling.amazonaws.com',
    'AWSServiceRoleForApplicationAutoScaling_ECSService',
  ],
  [
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'elasticloadbalancing.amazonaws.com',
    'AWSServiceRoleForElasticLoadBalancing',
  ],
  ['AWS::ApiGatewayV2::VpcLink', 'ops.apigateway.amazonaws.com', 'AWSServiceRoleForAPIGateway'],
])('needs for %s the role of %s', (type, service, role) => {
  expect(listServiceLinkedRoles([template('AWS::SNS::Topic'), template(type, type)])).toEqual([
    { service, role },
  ])
})

it.each([
  'Custom::AWS::ECS::Cluster',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::VpcLinks',
  'x::AWS::AutoScaling::Group',
])('needs no role for %s', (type) => {
  expect(listServiceLinkedRoles([template(type)])).toEqual([])
})
