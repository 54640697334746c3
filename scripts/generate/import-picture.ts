/** A module, as dependency-cruiser's JSON has it. */
export type Module = { source: string; dependencies: readonly { resolved: string }[] }

type Arrows = Map<string, Set<string>>

/** Draws which folders of `lib/` import which, as a Mermaid flowchart; the files of `lib/` itself are left out. */
export function drawLib(modules: readonly Module[]): string {
  return draw(modules, (path) => /^lib\/(.+)\/[^/]+$/.exec(path)?.[1])
}

/** Draws which folders of `lib/` the actions import, as a Mermaid flowchart. */
export function drawActions(modules: readonly Module[]): string {
  const arrows = collect(modules, (path) => {
    const [top, name = ''] = path.split('/')
    if (top === 'actions') return `actions/${name}`
    return top === 'lib' && path.split('/').length > 2 ? `lib/${name}` : undefined
  })
  for (const [from] of arrows) if (!from.startsWith('actions/')) arrows.delete(from)
  return render(arrows)
}

function draw(modules: readonly Module[], roomOf: (path: string) => string | undefined): string {
  return render(reduce(collect(modules, roomOf)))
}

function collect(modules: readonly Module[], roomOf: (path: string) => string | undefined): Arrows {
  const arrows: Arrows = new Map()
  for (const { source, dependencies } of modules) {
    const from = roomOf(source)
    if (from === undefined) continue
    const targets = arrows.get(from) ?? new Set()
    arrows.set(from, targets)
    for (const { resolved } of dependencies) {
      const to = roomOf(resolved)
      if (to !== undefined && to !== from) targets.add(to)
    }
  }
  return arrows
}

// An arrow is left out where a longer way leads to the same room: the order is what the picture shows.
function reduce(arrows: Arrows): Arrows {
  const reaches = (from: string, to: string): boolean =>
    [...(arrows.get(from) ?? [])].some((next) => next === to || reaches(next, to))
  const kept = [...arrows].map(([from, targets]) => {
    const needed = [...targets].filter((to) => ![...targets].some((other) => reaches(other, to)))
    return [from, new Set(needed)] as const
  })
  return new Map(kept)
}

function render(arrows: Arrows): string {
  const rooms = [...new Set([...arrows].flatMap(([from, targets]) => [from, ...targets]))].sort()
  const id = (room: string) => room.replaceAll(/[^a-z]/g, '_')
  const nodes = rooms.map((room) => `  ${id(room)}["${room}"]`)
  const lines = [...arrows].flatMap(([from, targets]) =>
    [...targets].map((to) => `  ${id(from)} --> ${id(to)}`),
  )
  return ['```mermaid', 'flowchart TD', ...nodes, ...lines.sort(), '```'].join('\n')
}
