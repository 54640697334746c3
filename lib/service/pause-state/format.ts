import { type FieldReader, makeFieldReader, parseJson } from './field-reader.ts'
import type { Author, Bounds, PauseState, Saved, ServiceLock, Wish } from './state.ts'
import { newPauseState } from './state.ts'

/** Writes a state as JSON. */
export function formatPauseState(state: PauseState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`
}

/**
 * Parses the state of a service, also one of version 1, which an earlier release wrote. Throws an error that names
 * `place` where the text is damaged, of a newer version, or of another service.
 */
export function parsePauseState(
  text: string,
  { cluster, service, place }: { cluster: string; service: string; place: string },
): PauseState {
  const reader = makeFieldReader(place)
  const root = reader.object(parseJson(text, place), 'state')
  if (root.version !== 1 && root.version !== 2) throw unknownVersion(root.version, place)
  const [whose, of] = [reader.text(root.cluster, 'cluster'), reader.text(root.service, 'service')]
  if (whose !== cluster || of !== service)
    throw reader.refuse('service', `${service} of ${cluster}, got ${of} of ${whose}`)
  return root.version === 1
    ? upgrade(root, cluster, service, reader)
    : readState(root, cluster, service, reader)
}

function unknownVersion(version: unknown, place: string): Error {
  const isNewer = typeof version === 'number' && version > 2
  const advice = isNewer
    ? 'a newer release wrote it: update the action'
    : 'restore an earlier version of this object'
  return new Error(`${place}: version: expected 1 or 2, got ${String(version)}; ${advice}`)
}

type Fields = Readonly<Record<string, unknown>>

// Version 1 existed exactly while a service was paused, or on its way there or back.
function upgrade(root: Fields, cluster: string, service: string, reader: FieldReader): PauseState {
  const at = reader.text(root.savedAt, 'savedAt')
  const change = { at, by: '', reason: '', runUrl: '' }
  const saved = readSaved({ ...root, at }, reader, '')
  return { ...newPauseState(cluster, service), change, phase: 'paused', saved }
}

function readState(root: Fields, cluster: string, service: string, reader: FieldReader): PauseState {
  const phase = reader.choice(root.phase, ['running', 'pausing', 'paused', 'resuming'], 'phase')
  const saved =
    root.saved === undefined ? undefined : readSaved(reader.object(root.saved, 'saved'), reader, 'saved.')
  if (saved === undefined && phase !== 'running') throw reader.refuse('saved', `numbers while ${phase}`)
  return {
    ...{ version: 2, cluster, service, phase, saved },
    change:
      root.change === undefined
        ? undefined
        : readAuthor(reader.object(root.change, 'change'), reader, 'change'),
    wish: root.wish === undefined ? undefined : readWish(reader.object(root.wish, 'wish'), reader),
    lock: root.lock === undefined ? undefined : readLock(reader.object(root.lock, 'lock'), reader),
    keepAwake:
      root.keepAwake === undefined
        ? undefined
        : readKeepAwake(reader.object(root.keepAwake, 'keepAwake'), reader),
  }
}

function readSaved(saved: Fields, reader: FieldReader, place: string): Saved {
  const name = (field: string) => `${place}${field}`
  return {
    at: reader.time(saved.at, name('at')),
    desired: reader.count(saved.desired, name('desired')),
    bounds:
      saved.bounds === undefined
        ? undefined
        : readBounds(reader.object(saved.bounds, name('bounds')), reader, name('bounds')),
    groups: reader.list(saved.groups, name('groups')).map((each) => {
      const group = reader.object(each, name('groups'))
      return {
        name: reader.text(group.name, name('groups.name')),
        min: reader.count(group.min, name('groups.min')),
        desired: reader.count(group.desired, name('groups.desired')),
      }
    }),
  }
}

function readBounds(bounds: Fields, reader: FieldReader, place: string): Bounds {
  const suspended = reader.object(bounds.suspended, `${place}.suspended`)
  const min = reader.count(bounds.min, `${place}.min`)
  const max = reader.count(bounds.max, `${place}.max`)
  if (max < min) throw reader.refuse(`${place}.max`, `${min} (the minimum) or more, got ${max}`)
  return {
    min,
    max,
    suspended: {
      dynamicScalingIn: suspended.dynamicScalingIn === true,
      dynamicScalingOut: suspended.dynamicScalingOut === true,
      scheduledScaling: suspended.scheduledScaling === true,
    },
  }
}

function readAuthor(author: Fields, reader: FieldReader, place: string): Author {
  return {
    at: reader.time(author.at, `${place}.at`),
    by: reader.text(author.by, `${place}.by`),
    reason: reader.text(author.reason, `${place}.reason`),
    runUrl: reader.text(author.runUrl, `${place}.runUrl`),
  }
}

function readWish(wish: Fields, reader: FieldReader): Wish {
  return {
    ...readAuthor(wish, reader, 'wish'),
    id: reader.text(wish.id, 'wish.id'),
    operation: reader.choice(wish.operation, ['pause', 'resume'], 'wish.operation'),
  }
}

function readLock(lock: Fields, reader: FieldReader): ServiceLock {
  return {
    owner: reader.text(lock.owner, 'lock.owner'),
    operation: reader.choice(lock.operation, ['pause', 'resume', 'deploy'], 'lock.operation'),
    runUrl: reader.text(lock.runUrl, 'lock.runUrl'),
    at: reader.time(lock.at, 'lock.at'),
    expiresAt: reader.time(lock.expiresAt, 'lock.expiresAt'),
  }
}

const readKeepAwake = (keepAwake: Fields, reader: FieldReader) => ({
  ...readAuthor(keepAwake, reader, 'keepAwake'),
  until: reader.time(keepAwake.until, 'keepAwake.until'),
})
