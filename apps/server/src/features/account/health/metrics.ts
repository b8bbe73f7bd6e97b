/** Prometheus metrics of the core, in the names that its conventions ask for. */
import type { Operation } from '@cairn/api/operation'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Kernel } from '../../../kernel/kernel.ts'

/** Milliseconds between two looks at how late the loop is. Each wakes the process; 10 were most of what an idle one cost. */
const lagEvery = 100

export function makeMetrics(kernel: Kernel) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagEvery })
  const requests = new Counter({
    name: 'cairn_http_requests_total',
    help: 'Requests by operation and status.',
    labelNames: ['operation', 'status'] as const,
    registers,
  })
  const durations = new Histogram({
    name: 'cairn_http_request_duration_seconds',
    help: 'Time to answer by operation.',
    labelNames: ['operation'] as const,
    buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1, 5, 30],
    registers,
  })
  new Gauge({
    name: 'cairn_sidecar_up',
    help: '1 while the AI process answers.',
    registers,
    collect() {
      this.set(kernel.sidecar.status().state === 'up' ? 1 : 0)
    },
  })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observe(operation: Operation, status: number, milliseconds: number): void {
      requests.inc({ operation: operation.id, status: String(status) })
      durations.observe({ operation: operation.id }, milliseconds / 1000)
    },
  }
}
