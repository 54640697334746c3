/** Names the object in the toolkit's bucket that keeps a paused service's state: one object a service. */
export function savedStateKey(cluster: string, service: string): string {
  return `pause/${cluster}/${service}.json`
}
