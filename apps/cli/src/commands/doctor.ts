import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Context, exitCodes, explain, makeContext } from '../context.ts'
import { pc } from '../text.ts'

type Finding = { name: string; status: 'ok' | 'degraded' | 'down'; detail: string | null }

/** `cairn doctor`: what is well and what is not, with what to do. */
export const addDoctor = (program: Command) =>
  program
    .command('doctor')
    .description('check this Cairn and say what to do')
    .action(async (_options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const { findings: remote, code } = await remoteFindings(context)
      const findings = [...localFindings(context), ...remote]
      const worst = findings.some(({ status }) => status === 'down') ? 'down' : 'ok'
      context.print({ status: worst, checks: findings }, () =>
        findings.map(({ name, status, detail }) => {
          const mark = status === 'ok' ? pc.green('✓') : status === 'degraded' ? pc.yellow('!') : pc.red('✗')
          return `${mark} ${name}${detail ? pc.dim(`  ${detail}`) : ''}`
        }),
      )
      if (worst === 'down') process.exitCode = code === exitCodes.ok ? exitCodes.failed : code
    })

function localFindings({ target }: Context): Finding[] {
  const findings: Finding[] = [{ name: 'node', status: 'ok', detail: process.version }]
  const there = existsSync(target.home)
  findings.push({
    name: 'data folder',
    status: there ? 'ok' : 'degraded',
    detail: there ? target.home : `${target.home} is made at the first start`,
  })
  const key = join(target.home, 'owner.key')
  if (existsSync(key) && (statSync(key).mode & 0o077) !== 0 && process.platform !== 'win32') {
    findings.push({ name: "owner's key", status: 'down', detail: `others can read ${key}: chmod 600 it` })
  }
  return findings
}

/** What the server says of itself; where it does not answer, why, with the exit code for that. */
async function remoteFindings(context: Context): Promise<{ findings: Finding[]; code: number }> {
  try {
    const [{ checks }, status, index] = await Promise.all([
      context.api.health.deep(),
      context.api.health.status(),
      context.api.search.status(),
    ])
    const findings: Finding[] = [
      {
        name: 'server',
        status: 'ok',
        detail: `${status.version} at ${context.target.url}, up ${Math.round(status.uptime_s)} s`,
      },
      ...checks.map(({ name, status: state, latency_ms, detail }) => ({
        name,
        status: state,
        detail: `${latency_ms.toFixed(1)} ms${detail ? `, ${detail}` : ''}`,
      })),
      {
        name: 'index',
        status: index.failed > 0 ? ('degraded' as const) : ('ok' as const),
        detail: `${index.passages} passages, ${index.pending} waiting, ${index.failed} failed`,
      },
    ]
    return { findings, code: exitCodes.ok }
  } catch (error) {
    const { message, code } = explain(error, context.target)
    return { findings: [{ name: 'server', status: 'down', detail: message.replaceAll('\n', ' ') }], code }
  }
}
