import { listTypes, type Template } from '../graph/template.ts'

/** A service that acts for us, and its role in the account. */
export type ServiceLinkedRole = { service: string; role: string }

// The role has to be there before the first resource of the type.
const needs: readonly (readonly [type: RegExp, service: string, role: string])[] = [
  [/^AWS::ECS::/, 'ecs', 'ECS'],
  [/^AWS::AutoScaling::/, 'autoscaling', 'AutoScaling'],
  [/^AWS::ApplicationAutoScaling::/, 'ecs.application-autoscaling', 'ApplicationAutoScaling_ECSService'],
  [/^AWS::ElasticLoadBalancingV2::/, 'elasticloadbalancing', 'ElasticLoadBalancing'],
  [/^AWS::ApiGatewayV2::VpcLink$/, 'ops.apigateway', 'APIGateway'],
]

/** Lists the service-linked roles that the templates' resources need. */
export function listServiceLinkedRoles(templates: readonly Template[]): ServiceLinkedRole[] {
  const types = templates.flatMap(listTypes)
  return needs
    .filter(([pattern]) => types.some((type) => pattern.test(type)))
    .map(([, service, role]) => ({ service: `${service}.amazonaws.com`, role: `AWSServiceRoleFor${role}` }))
}
