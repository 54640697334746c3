import { expect, it } from 'vitest'
import { parseTemplate } from '../../../actions/deploy-stack/graph/template.ts'
import { listServiceLinkedRoles } from '../../../actions/deploy-stack/plan/roles.ts'

const template = (...types: string[]) =>
  parseTemplate(
    JSON.stringify({ Resources: Object.fromEntries(types.map((Type, at) => [`R${at}`, { Type }])) }),
    't',
  )

it.each([
  ['AWS::ECS::Cluster', 'ecs.amazonaws.com'],
  ['AWS::AutoScaling::AutoScalingGroup', 'autoscaling.amazonaws.com'],
  ['AWS::ApplicationAutoScaling::ScalableTarget', 'ecs.application-autoscaling.amazonaws.com'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'elasticloadbalancing.amazonaws.com'],
  ['AWS::ApiGatewayV2::VpcLink', 'ops.apigateway.amazonaws.com'],
])('needs for %s the role of %s', (type, service) => {
  expect(listServiceLinkedRoles([template('AWS::SNS::Topic'), template(type, type)])).toEqual([service])
})

it.each([
  'Custom::AWS::ECS::Cluster',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::VpcLinks',
  'x::AWS::AutoScaling::Group',
])('needs no role for %s', (type) => {
  expect(listServiceLinkedRoles([template(type)])).toEqual([])
})
