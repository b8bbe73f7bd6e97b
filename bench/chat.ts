/** What an answer takes beside the model's own time: the same model is asked directly and by way of Cairn. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ModelServer, startModelServer } from '../apps/sidecar/test/model-server.ts'
import { type BenchCore, quantile, startBenchCore, still } from './core.ts'
import type { Row } from './run.ts'

const model = 'bench-chat'
const folder = fileURLToPath(new URL('../apps', import.meta.url))
const warming = 5
const asked = 60
const reply = 'It is renewed by the heartbeat of whoever runs the job, before a third of it has passed [1].'
const about = [
  'a lease',
  'the gate',
  'a cursor',
  'the sidecar',
  'a salted hash',
  'a bookmark',
  'the outbox',
  'a snapshot',
]
const verbs = ['renewed', 'checked', 'read', 'started', 'written', 'removed']

export async function run(): Promise<Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'cairn-bench-chat-'))
  const server = await startModelServer({ models: [model], reply: () => reply })
  const core = await startBenchCore({ home, folder, environment: { CAIRN_SIDECAR: '1' } })
  try {
    const { id } = await core.api.models.addProvider({
      ...{ name: 'bench', kind: 'openai-compatible', base_url: `${server.url}/v1` },
    })
    await core.api.models.setRoutes({ chat: [{ provider_id: id, model }], embed: [] })
    await still(core)
    const times: { floor: number; ours: number }[] = []
    for (let at = 0; at < warming + asked; at++) {
      const question = `where is ${about[at % about.length]} ${verbs[at % verbs.length]}?`
      times.push({ floor: await direct(server, question), ours: await byCairn(core, question) })
    }
    const of = (which: 'floor' | 'ours', q: number) =>
      quantile(
        times.slice(warming).map((each) => each[which]),
        q,
      )
    return [0.5, 0.95].map((q) => ({
      ...{ name: `a streamed answer, p${q * 100}`, floor: of('floor', q), ours: of('ours', q), unit: 'ms' },
      ...{ ratio: of('ours', q) / of('floor', q), goal: '+ 30 ms' },
      notes: `${(of('ours', q) - of('floor', q)).toFixed(1)} ms beside the model: found, told, stored; floor: the model asked directly`,
    }))
  } finally {
    await core.stop()
    await server.close()
    rmSync(home, { recursive: true, force: true })
  }
}

async function direct({ url }: ModelServer, question: string): Promise<number> {
  const begun = performance.now()
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: question }] })
  const headers = { 'content-type': 'application/json' }
  await (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).text()
  return performance.now() - begun
}

/** A question in a thread of its own, until its answer is stored. */
async function byCairn(core: BenchCore, message: string): Promise<number> {
  const begun = performance.now()
  let took = Number.NaN
  for await (const { event, data } of core.api.chat.ask.stream({ message })) {
    if (event === 'error') throw new Error(JSON.stringify(data))
    if (event === 'complete') took = performance.now() - begun
  }
  await still(core)
  return took
}
