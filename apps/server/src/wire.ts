/**
 * The architecture on one page: the kernel, every feature in the order of the house, the gate, HTTP. Plain calls,
 * nothing discovered. What is built here is started here and stopped here, in reverse.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CairnError, fail } from '@cairn/api/errors'
import type { Operation } from '@cairn/api/operation'
import { Compile, type Validator } from 'typebox/compile'
import { migrations } from '../migrations/index.ts'
import { type Config, ConfigError } from './config.ts'
import { makeBundles } from './features/account/bundles/index.ts'
import { makeDigestFeature } from './features/account/digest/index.ts'
import { makeEgressFeature } from './features/account/egress/index.ts'
import { makeEventsFeature } from './features/account/events/index.ts'
import { makeHealthFeature } from './features/account/health/index.ts'
import { makeJobsFeature } from './features/account/jobs/index.ts'
import { makeOverviewFeature } from './features/account/overview/index.ts'
import { makePrivacyFeature } from './features/account/privacy/index.ts'
import { makeRepos } from './features/act/repos/index.ts'
import { makeBookmarks } from './features/capture/bookmarks/index.ts'
import { makeBrowser } from './features/capture/browser/index.ts'
import { makeDocuments } from './features/capture/documents/index.ts'
import { makeFiles } from './features/capture/files/index.ts'
import { makeGit } from './features/capture/git/index.ts'
import { makeImports } from './features/capture/imports/index.ts'
import { makeTabs } from './features/capture/tabs/index.ts'
import { makeCapture } from './features/ground/capture/index.ts'
import { makeModels } from './features/ground/models/index.ts'
import { makeRoots } from './features/ground/roots/index.ts'
import { makeUsersFeature } from './features/ground/users/index.ts'
import { makeWorkspacesFeature } from './features/ground/workspaces/index.ts'
import { makeChat } from './features/recall/chat/index.ts'
import { makeOpenAi } from './features/recall/openai/index.ts'
import { makeSearch } from './features/recall/search/index.ts'
import { makeMemories } from './features/remember/memories/index.ts'
import { makeTasks } from './features/remember/tasks/index.ts'
import { makeThreads } from './features/remember/threads/index.ts'
import { ownerKey, prepareHome, workerOf } from './home.ts'
import { makeFileBlobs } from './kernel/blobs/blobs.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { type Database, openDatabase } from './kernel/database/database.ts'
import { lockFolder } from './kernel/database/folder-lock.ts'
import { makeEgress } from './kernel/egress/egress.ts'
import { makeOutgoing } from './kernel/egress/outgoing.ts'
import { makeEvents } from './kernel/events/events.ts'
import type { Feature, Forget } from './kernel/feature.ts'
import { type GateDependencies, makeGate } from './kernel/gate/gate.ts'
import { makeLimiter } from './kernel/gate/limits.ts'
import { addressesOf } from './kernel/gate/origin.ts'
import { makeServer } from './kernel/http/server.ts'
import { sha256 } from './kernel/ids.ts'
import { makeJobs } from './kernel/jobs/jobs.ts'
import type { Kernel } from './kernel/kernel.ts'
import { type Log, makeLog } from './kernel/log.ts'
import { makePassages } from './kernel/passages/passages.ts'
import type { Principal } from './kernel/scope.ts'
import { makeScopes } from './kernel/scopes.ts'
import { makeSecrets } from './kernel/secrets/secrets.ts'
import { makeSidecar } from './kernel/sidecar/client.ts'
import { makeNoSidecar, makeRemoteSidecar, makeSupervisor } from './kernel/sidecar/supervisor.ts'
import { workbenchFolder } from './workbench.ts'

export type CoreOptions = {
  clock?: Clock
  checkOutput?: boolean
  /** Folder of the built workbench. */
  workbench?: string
}
export type Core = Awaited<ReturnType<typeof startCore>>

/** Builds and starts everything; the answer stops it. Throws ConfigError or CairnError with what to do. */
export async function startCore(config: Config, options: CoreOptions = {}) {
  prepareHome(config.home)
  const clock = options.clock ?? systemClock
  const log = makeLog(config.log)
  const secret = ownerKey(config.home, config.ownerKey)
  const opened: (() => Promise<unknown>)[] = []
  try {
    const database = await openHome()
    await database.migrate(migrations)
    return await build(database)
  } catch (error) {
    for (const close of opened.reverse()) await close().catch(() => undefined)
    throw error
  }

  /** One process per data folder: SQLite's driver sees to it itself, beside PostgreSQL a lock of its own does. */
  async function openHome() {
    if (config.database.dialect === 'postgres') {
      const lock = await lockFolder(join(config.home, 'core'))
      opened.push(() => lock.release(true))
    }
    const database = await openDatabase(config.database, log)
    opened.push(() => database.close())
    return database
  }

  async function build(database: Database) {
    const events = makeEvents({ database, log })
    opened.push(() => events.close())
    const supervisor = sidecarOf(config, clock, log)
    opened.push(() => supervisor.stop())

    // The three that know of each other: scopes write job rows and index marks, jobs and passages work through scopes.
    const scope: Kernel['scope'] = makeScopes({
      database,
      clock,
      events,
      enqueue: (db, context, job) => jobs.enqueue(db, context, job),
      reindex: (db, workspace, kind, ids, context) => passages.reindex(db, workspace, kind, ids, context),
      broken: (error) => log.error({ err: error }, 'something after a commit failed'),
    })
    const worker = database.name === 'sqlite' ? 'core' : workerOf(config.home)
    const jobs = makeJobs({ database, clock, log, worker, timeZone: config.timeZone })
    const sidecar = makeSidecar(supervisor)
    const passages = makePassages({
      ...{ database, clock, log, vectors: sidecar.vectors },
      enqueue: (db, context, job) => jobs.enqueue(db, context, job),
      parse: sidecar.parse,
      parserUp: () => sidecar.status().state === 'up',
      embedding: {
        model: (scope) => models.embedding.model(scope),
        embed: (scope, texts, purpose) => models.embedding.embed(scope, texts, purpose),
      },
    })

    const blobs = makeFileBlobs(config.storageUrl)
    await blobs.tidy()
    const egress = makeEgress()
    const outgoing = makeOutgoing({ egress, allowed: config.allowedHosts, agent: `Cairn/${versionOf()}` })
    opened.push(() => outgoing.close())

    let url = ''
    const kernel: Kernel = {
      ...{ config, clock, log, database, scope, events, jobs, passages, sidecar },
      version: versionOf(),
      blobs,
      secrets: makeSecrets({ home: config.home, keychain: config.keychain, log }),
      ...{ egress, outgoing },
      cookieName: `cairn_${sha256(config.home).slice(0, 8)}`,
      secureCookies: config.publicUrl.startsWith('https:'),
      publicUrl: () => config.publicUrl || url,
    }

    const workspaces = makeWorkspacesFeature(kernel)
    const users = makeUsersFeature(kernel, workspaces.personal)

    /** A job runs with the rights that its principal has now. */
    async function authorise(principal: Principal, workspace: string): Promise<Principal> {
      if (principal.kind === 'system') return principal
      if (!(await workspaces.member(principal, workspace))) throw fail('ACCESS_DENIED', { permission: workspace })
      return users.standing(principal)
    }

    /** What goes takes along what others keep of it. */
    async function forget(...gone: Parameters<Forget>): Promise<Record<string, number>> {
      const counts: Record<string, number> = {}
      for (const feature of features) Object.assign(counts, await feature.forget?.(...gone))
      return counts
    }

    const roots = makeRoots(kernel, workspaces)
    const capture = makeCapture(kernel, roots)
    const models = makeModels(kernel, workspaces)
    const threads = makeThreads(kernel, forget)
    const memories = makeMemories(kernel, { threads, models, capture })
    const tasks = makeTasks(kernel, { workspaces, threads, models, capture })
    const browser = makeBrowser(kernel, { workspaces, capture, silent: (from, ids) => tabs.silent(from, ids) })
    const bookmarks = makeBookmarks(kernel, workspaces)
    const tabs = makeTabs(capture, threads, browser)
    const files = makeFiles(kernel, roots, capture)
    const git = makeGit(kernel, roots, files, capture)
    const documents = makeDocuments(kernel)
    opened.push(() => documents.close())
    const imports = makeImports(kernel, workspaces, threads, bookmarks)
    const built: Feature[] = [users.feature, workspaces.feature, roots.feature, capture.feature, models.feature]
    built.push(threads.feature, memories.feature, tasks.feature, browser.feature, tabs.feature)
    built.push(bookmarks.feature, files.feature, git.feature, documents.feature, imports.feature)
    const chat = makeChat(kernel, { models, threads, memories, tasks, tabs, documents })
    built.push(makeSearch(kernel, workspaces).feature, chat.feature, makeOpenAi(kernel, models, chat).feature)
    const repos = makeRepos(roots, git, workspaces)
    const ledger = makeJobsFeature(kernel)
    built.push(repos.feature, ledger.feature)
    built.push(makeDigestFeature({ clock, quiet: jobs.quiet, jobs: ledger, tasks, repos }).feature)
    built.push(makeOverviewFeature(kernel, built).feature)
    built.push(makeEventsFeature(kernel).feature)
    built.push(makeEgressFeature(kernel).feature)
    built.push(makeBundles(kernel, workspaces, built).feature)
    built.push(makePrivacyFeature(kernel, workspaces, [...built]).feature)
    const health = makeHealthFeature(kernel, built)
    const features = [...built, health.feature]
    passages.attach(features.flatMap((feature) => feature.passages ?? []))
    for (const { listens } of features) {
      for (const [type, listener] of Object.entries(listens ?? {})) events.listen(type, listener)
    }

    const owner = await users.ensureOwner()
    users.setOwnerKey(secret)
    const home = await workspaces.personal(owner.id)

    const operations: Operation[] = features.flatMap((feature) => feature.operations.map((entry) => entry.operation))
    const gate = makeGate({
      ...{ clock, identify: users.identify, member: workspaces.member },
      entries: features.flatMap((feature) => feature.operations),
      addresses: () => addresses,
      cookieName: kernel.cookieName,
      perAddress: makeLimiter(config.rates.perAddress),
      perPerson: makeLimiter(config.rates.perPerson),
      makeScope: scope,
      refused,
      approve,
      reserve: async () => async () => undefined,
      ...(options.checkOutput && { checkOutput }),
    })
    let addresses = addressesOf(config.port, config.host, config.publicUrl, config.allowedOrigins)
    const folder = options.workbench ?? workbenchFolder
    const server = await makeServer({
      ...{ gate, operations, log, version: kernel.version, observe: health.observe },
      addresses: () => addresses,
      workbench: config.workbench && existsSync(join(folder, 'index.html')) ? folder : null,
    })
    opened.push(() => server.close())

    /** Refusals of somebody known are events: the audit shows who tried what. */
    function refused(
      { principal, workspace, operation }: Parameters<GateDependencies['refused']>[0],
      code: string,
    ): void {
      if (!principal || !workspace) return
      const told = scope({ workspace, principal }).write(async (tx) => {
        tx.event({ type: 'call.refused', subject: operation.id, data: { code } })
      })
      told.catch((error: unknown) => log.warn({ err: error }, 'a refusal could not be recorded'))
    }

    const port = await listen(server, config)
    url = `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${port}`
    addresses = addressesOf(port, config.host, config.publicUrl, config.allowedOrigins)
    jobs.define([...features.flatMap((feature) => feature.jobs ?? []), ...passages.jobs])
    await jobs.start({ scope, authorise, workspaces: workspaces.all })
    opened.push(() => jobs.stop())
    if (config.sidecar.on) sidecar.start()
    for (const { start } of features) {
      const stop = await start?.()
      if (stop) opened.push(stop)
    }

    const ownerScope = () => {
      const principal: Principal = { kind: 'person', person: owner.id, agent: null, credential: 'owner', scopes: ['*'] }
      return scope({ workspace: home, principal })
    }
    return {
      url,
      kernel,
      features,
      operations,
      workspace: home,
      /** A fresh one-time link to the workbench. */
      async loginLink(): Promise<string> {
        const { code } = await ownerScope().write((tx) => users.createLink(tx))
        return `${kernel.publicUrl()}/login?code=${code}`
      },
      /** Registers a folder for the owner; one that is registered already, or lies inside one, is scanned anew at start. */
      async addFolder(path: string): Promise<void> {
        const owned = ownerScope()
        try {
          const place = await roots.inspect(owned, { path })
          await owned.write((tx) => roots.create(tx, place))
        } catch (error) {
          if (!(error instanceof CairnError) || !['ROOT_EXISTS', 'ROOT_OVERLAPS'].includes(error.code)) throw error
        }
      },
      async stop(): Promise<void> {
        for (const close of opened.splice(0).reverse()) {
          await close().catch((error: unknown) => log.error({ err: error }, 'something did not stop in order'))
        }
      },
    }
  }
}

/** Until people can approve what an agent asks for, what is dangerous or leaves the machine is refused to agents. */
const approve: GateDependencies['approve'] = async ({ operation }) => {
  if (operation.effect === 'danger' || operation.egress) {
    throw fail('CALLER_NOT_ALLOWED', { operation: operation.id, callers: 'people' })
  }
  return null
}

function sidecarOf(config: Config, clock: Clock, log: Log) {
  if (!config.sidecar.on) return makeNoSidecar()
  if (config.sidecar.url) return makeRemoteSidecar(config.sidecar.url, config.sidecar.secret)
  return makeSupervisor({
    ...{ clock, log, logged: config.log, port: config.sidecar.port },
    vectors: join(config.home, 'vectors'),
    addons: join(config.home, 'addons'),
    cache: join(config.home, 'cache'),
  })
}

async function listen(server: Awaited<ReturnType<typeof makeServer>>, { host, port }: Config): Promise<number> {
  try {
    const address = await server.listen({ host, port })
    return Number(new URL(address).port)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error
    throw new ConfigError(`Port ${port} is in use. Set CAIRN_PORT to another one (0 takes any free port).`)
  }
}

function versionOf(): string {
  const file = new URL('../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

const validators = new Map<string, Validator>()
function checkOutput(operation: Operation, output: unknown): void {
  const validator = validators.get(operation.id) ?? Compile(operation.output)
  validators.set(operation.id, validator)
  if (!validator.Check(output)) {
    throw new Error(`${operation.id} answered out of shape: ${JSON.stringify(validator.Errors(output).slice(0, 3))}`)
  }
}
