/**
 * Health: does the process answer, do its dependencies, what can it do; Prometheus metrics.
 * Tables: none. Events: none. Invariant: the shallow answer touches nothing but this process.
 */
import { type Check, health as api } from '@cairn/api/health'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { makeMetrics } from './metrics.ts'

const patience = 5_000

/** `features` are all features that were built, this one left out. */
export function makeHealthFeature(kernel: Kernel, features: readonly Feature[]) {
  const started = kernel.clock.monotonic()
  const metrics = makeMetrics(kernel)
  const probes: [string, () => Promise<{ status: Check['status']; detail?: string }>][] = [
    ['database', () => pingDatabase(kernel)],
    ['sidecar', async () => sidecarHealth(kernel)],
    ...features.flatMap((feature) => Object.entries(feature.health ?? {})),
  ]

  const feature: Feature = {
    name: 'health',
    tables: [],
    operations: handle(api, {
      shallow: async () => ({ status: 'ok' as const, version: kernel.version }),
      deep: async () => {
        const checks = await Promise.all(probes.map(([name, probe]) => check(kernel, name, probe)))
        const worst = (['down', 'degraded'] as const).find((status) => checks.some((one) => one.status === status))
        return { status: worst ?? ('ok' as const), checks }
      },
      status: async () => ({
        version: kernel.version,
        mode: kernel.config.mode,
        uptime_s: (kernel.clock.monotonic() - started) / 1000,
        database: kernel.database.name,
        memory_bytes: process.memoryUsage.rss(),
        sidecar: kernel.sidecar.status(),
      }),
      capabilities: async () => ({
        api: 1,
        version: kernel.version,
        features: [...features.map((one) => one.name), 'health'],
      }),
      metrics: async () => answer.text(await metrics.text(), metrics.contentType),
    }),
  }
  return { feature, observe: metrics.observe }
}

type Probe = () => Promise<{ status: Check['status']; detail?: string }>

async function check(kernel: Kernel, name: string, probe: Probe): Promise<Check> {
  const begun = kernel.clock.monotonic()
  const result = await Promise.race([probe().catch(failed), late()])
  return { name, status: result.status, latency_ms: kernel.clock.monotonic() - begun, detail: result.detail ?? null }
}

const failed = (error: unknown) => {
  const code = (error as { code?: string }).code
  return { status: 'down' as const, detail: code ?? 'it failed' }
}

function late(): Promise<{ status: 'down'; detail: string }> {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ status: 'down', detail: `no answer within ${patience} ms` }), patience).unref()
  })
}

async function pingDatabase(kernel: Kernel) {
  await kernel.database.transaction(async () => undefined)
  return { status: 'ok' as const, detail: kernel.database.name }
}

function sidecarHealth(kernel: Kernel) {
  const { state, restarts } = kernel.sidecar.status()
  if (state === 'up') return { status: 'ok' as const, ...(restarts > 0 && { detail: `${restarts} restarts` }) }
  return { status: 'degraded' as const, detail: `the AI process is ${state}` }
}
