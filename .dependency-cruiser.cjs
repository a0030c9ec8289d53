/**
 * The dependency rule (docs/ARCHITECTURE.md, "Rooms"):
 * apps -> wiring -> application -> { rooms } -> domain; the rooms never see each other.
 */
const rooms = ['event-store', 'vault', 'ledger', 'read-models', 'notifications', 'registry', 'operations', 'documents'];
const apps = ['api', 'retention-worker', 'registry-simulator', 'cli', 'console'];
const specs = '\\.(spec|contract)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing',
      comment: 'libs/domain is pure TypeScript: no npm package, no node: module, no other room.',
      severity: 'error',
      from: { path: '^libs/domain/', pathNot: specs },
      to: { pathNot: '^libs/domain/' },
    },
    {
      name: 'capability-sees-only-events-of-another',
      comment: 'A capability of the domain imports only the *.events.ts of another (and the kernel).',
      severity: 'error',
      from: { path: '^libs/domain/src/([^/]+)/', pathNot: [specs, '^libs/domain/src/kernel/'] },
      to: { path: '^libs/domain/src/[^/]+/', pathNot: ['^libs/domain/src/$1/', '^libs/domain/src/kernel/', '\\.events\\.ts$'] },
    },
    {
      name: 'kernel-sees-no-capability',
      severity: 'error',
      from: { path: '^libs/domain/src/kernel/' },
      to: { path: '^libs/domain/src/', pathNot: '^libs/domain/src/kernel/' },
    },
    ...rooms.map((room) => ({
      name: `${room}-sees-only-domain`,
      comment: 'A room imports the domain and npm packages, never another room: wiring introduces them.',
      severity: 'error',
      from: { path: `^libs/${room}/` },
      to: { path: '^(libs|apps|test|bench)/', pathNot: [`^libs/${room}/`, '^libs/domain/', '^test/harness/'] },
    })),
    {
      name: 'application-sees-no-wiring-or-app',
      severity: 'error',
      from: { path: '^libs/application/' },
      to: { path: '^(libs/wiring|apps|test|bench)/', pathNot: '^test/harness/' },
    },
    {
      name: 'wiring-sees-no-app',
      severity: 'error',
      from: { path: '^libs/wiring/' },
      to: { path: '^(apps|test|bench)/' },
    },
    ...apps.map((app) => ({
      name: `${app}-sees-no-other-app`,
      severity: 'error',
      from: { path: `^apps/${app}/` },
      to: { path: '^(apps|test|bench)/', pathNot: [`^apps/${app}/`, '^test/harness/'] },
    })),
    {
      name: 'nest-only-in-apps-and-wiring',
      comment: 'Nest decorators live in apps and libs/wiring only.',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/wiring/' },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'use-the-front-door',
      comment: "Another library is reached through its index (the '#room' alias), never by a path into it.",
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/', pathNot: specs },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^$1/$2/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.json'],
    },
    exclude: { path: '^dist/' },
  },
};
