// Which folder may import which. `npm run check` holds the code to it, and `npm run generate` draws it.

/** The rooms of lib/ that build on each other, the lowest first: each may import those before it. */
const ladder = ['oci', 'compression/deflate', 'compression', 'archive', 'image', 'registry/http', 'registry']

/** Each room of lib/, and the other rooms that it may import. Files of lib/ itself import no room. */
const rooms = {
  ...Object.fromEntries(ladder.map((room, at) => [room, ladder.slice(0, at)])),
  service: [],
  github: [],
  aws: ['service', 'archive'],
  'aws/toolkit': ['aws', 'service'],
}

/** The stages of an action in the order of their imports: each may import those before it. */
const stages = [
  'input-table',
  ...['annotations', 'destination', 'tags', 'review'],
  'inputs',
  'context',
  ...['graph', 'rates', 'calendar', 'step', 'picture'],
  ...['bill', 'observe', 'plan', 'apply', 'report', 'connect', 'prepare', 'run', 'main'],
]

/** Files of a room; those of a room inside it are not its own. */
const filesOf = (room) => {
  const inner = Object.keys(rooms).filter((other) => other.startsWith(`${room}/`))
  const excluded = inner.map((other) => `${other.slice(room.length + 1)}/`)
  return `^lib/${room}/${excluded.length > 0 ? `(?!${excluded.join('|')})` : ''}`
}

const root = '^lib/[^/]+$'
const stage = (name) => `${name}(\\.ts$|/)`

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const roomRules = Object.entries(rooms).map(([room, allowed]) =>
  forbid(
    `lib-${room.replace('/', '-')}`,
    `lib/${room} may import lib/*.ts${allowed.map((name) => `, lib/${name}`).join('')}`,
    { path: filesOf(room) },
    { path: '^lib/', pathNot: [root, filesOf(room), ...allowed.map(filesOf)] },
  ),
)

const stageRules = stages.map((name, at) =>
  forbid(
    `stage-${name}`,
    `${name} may import ${stages.slice(0, at).join(', ') || 'no other stage'}`,
    { path: `^actions/([^/]+)/${stage(name)}` },
    {
      path: '^actions/$1/',
      pathNot: [...stages.slice(0, at), name].map((lower) => `^actions/$1/${stage(lower)}`),
    },
  ),
)

const pureStages =
  '^actions/[^/]+/(inputs|input-table|annotations|destination|tags|review|step|graph|rates|calendar|picture|bill|plan|report)(\\.ts$|/)'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circle', 'no import runs in a circle, types included', {}, { circular: true }),
    forbid(
      'resolves',
      'each import names a file or a package that is installed',
      {},
      { couldNotResolve: true },
    ),
    forbid(
      'room-is-known',
      'each folder of lib/ has a row in the table of rooms',
      { path: '^lib/.+/', pathNot: Object.keys(rooms).map(filesOf) },
      {},
    ),
    forbid(
      'lib-root',
      'files of lib/ itself import no room of it',
      { path: root },
      { path: '^lib/.+/', pathNot: root },
    ),
    ...roomRules,
    forbid(
      'lib-knows-no-action',
      'lib/ imports nothing of the repository outside it',
      { path: '^lib/' },
      { path: '^(actions|lambda|scripts|test)/' },
    ),
    forbid(
      'sdk',
      'of the product, only lib/aws and the Lambda functions import the AWS SDK',
      { path: '^(actions|lib)/', pathNot: '^lib/aws/' },
      { path: '(^|/)@(aws-sdk|smithy)/' },
    ),
    forbid(
      'runner',
      'only lib/log.ts, lib/publish.ts and lib/github import the toolkit of the runner',
      { path: '^(actions|lib|lambda|scripts)/', pathNot: '^lib/((log|publish)\\.ts$|github/)' },
      { path: '(^|/)@actions/' },
    ),
    forbid(
      'action-alone',
      'no action imports another',
      { path: '^actions/([^/]+)/' },
      { path: '^actions/', pathNot: '^actions/$1/' },
    ),
    forbid(
      'action-imports-lib',
      'actions import nothing of the repository but lib/',
      { path: '^actions/' },
      { path: '^(lambda|scripts|test)/' },
    ),
    forbid(
      'stage-is-known',
      'each file of an action belongs to a stage',
      { path: '^actions/', pathNot: `^actions/[^/]+/(${stages.map(stage).join('|')})` },
      {},
    ),
    ...stageRules,
    forbid(
      'report-for-run',
      'only run imports report',
      { path: '^actions/', pathNot: '^actions/[^/]+/(run|report)(\\.ts$|/)' },
      { path: '^actions/[^/]+/report(\\.ts$|/)' },
    ),
    forbid(
      'run-has-no-connection',
      'run gets its connections as arguments',
      { path: '^actions/[^/]+/run\\.ts$' },
      { path: '^actions/[^/]+/connect\\.ts$' },
    ),
    forbid(
      'pure-stage-does-no-io',
      'stages that only compute import no I/O',
      { path: pureStages },
      {
        path: '^(node:)?(fs|fs/promises|http|https|http2|net|tls|dns|child_process|worker_threads|process)$',
      },
    ),
    forbid(
      'pure-stage-knows-types-of-aws',
      'stages that only compute import types of lib/aws, no values',
      { path: pureStages },
      { path: '^lib/(aws|github)/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'lambda-alone',
      'a Lambda function imports nothing of the repository but its own folder and the files that functions share',
      { path: '^lambda/([^/]+)/' },
      { path: '^(actions|lib|lambda|scripts|test)/', pathNot: ['^lambda/$1/', '^lambda/[^/]+$'] },
    ),
    forbid(
      'not-to-test',
      'only tests import tests, and the command that runs all of the faults',
      { path: '^(actions|lib|lambda|scripts)/', pathNot: '^scripts/faults\\.ts$' },
      { path: '^test/' },
    ),
    forbid(
      'scripts-run-actions',
      'scripts run actions as processes; they import the tables of inputs only',
      { path: '^scripts/' },
      { path: '^actions/', pathNot: '/input-table\\.ts$' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^lib/compression/deflate/assembly/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
