import type { Template } from '../graph/template.ts'

// A service that acts for us needs its role in the account before the first resource of the type.
const services: readonly (readonly [type: RegExp, service: string])[] = [
  [/^AWS::ECS::/, 'ecs.amazonaws.com'],
  [/^AWS::AutoScaling::/, 'autoscaling.amazonaws.com'],
  [/^AWS::ApplicationAutoScaling::/, 'ecs.application-autoscaling.amazonaws.com'],
  [/^AWS::ElasticLoadBalancingV2::/, 'elasticloadbalancing.amazonaws.com'],
  [/^AWS::ApiGatewayV2::VpcLink$/, 'ops.apigateway.amazonaws.com'],
]

/** Lists the services whose service-linked roles the templates' resources need. */
export function listServiceLinkedRoles(templates: readonly Template[]): string[] {
  const types = templates.flatMap(({ resources }) => [...resources.values()])
  return services
    .filter(([pattern]) => types.some((type) => pattern.test(type)))
    .map(([, service]) => service)
}
