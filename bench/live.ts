/** From a committed event to a WebSocket client, also with 2,000 clients connected. */
import WebSocket from 'ws'
import { type BenchCore, pause, quantile, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

export async function run(): Promise<Row[]> {
  const core = await startBenchCore()
  try {
    const alone = await latencies(core, 1, 500)
    const crowd = await latencies(core, 2_000, 40)
    const row = (name: string, times: number[], goal: string): Row => ({
      ...{ name, floor: null, ours: quantile(times, 0.95), unit: 'ms p95', ratio: null, goal },
      notes: `median ${quantile(times, 0.5).toFixed(2)} ms, from the writer's answer or before`,
    })
    return [
      row('event → WebSocket, 1 client', alone, '< 20 ms'),
      row('event → WebSocket, every one of 2,000 clients', crowd, '< 20 ms at the median client'),
    ]
  } finally {
    await core.stop()
  }
}

/** Times from sending the write to each client's message. */
async function latencies(core: BenchCore, clients: number, writes: number): Promise<number[]> {
  let sentAt = 0
  let heard = 0
  const times: number[] = []
  const sockets = await connect(core, clients, () => {
    times.push(performance.now() - sentAt)
    heard += 1
  })
  for (let at = 0; at < writes; at += 1) {
    heard = 0
    sentAt = performance.now()
    await core.api.memories.create({ key: 'k', value: String(at) })
    while (heard < clients) await pause(0)
  }
  for (const socket of sockets) socket.terminate()
  return times
}

async function connect(core: BenchCore, clients: number, onEvent: () => void): Promise<WebSocket[]> {
  const sockets: WebSocket[] = []
  for (let from = 0; from < clients; from += 100) {
    const batch = Array.from({ length: Math.min(100, clients - from) }, () => open(core, onEvent))
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}

function open(core: BenchCore, onEvent: () => void): Promise<WebSocket> {
  const socket = new WebSocket(`${core.url.replace('http', 'ws')}/api/ws`, {
    headers: { authorization: `Bearer ${core.key}` },
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', topics: ['memory.*'], after: null })))
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string }
      if (message.type === 'subscribed') resolve(socket)
      if (message.type === 'event') onEvent()
    })
  })
}
