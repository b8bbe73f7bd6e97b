/** The types of jobs that this process knows: checked once, with their validators and schedules built. */
import { type FieldError, fail } from '@cairn/api/errors'
import { Compile, type Validator } from 'typebox/compile'
import type { JobDefinition } from './definition.ts'
import { tickAfter } from './ticks.ts'

export type JobType = {
  definition: JobDefinition
  attempts: number
  timeout: number
  concurrent: number
  /** Throws INVALID_INPUT with the fields that are wrong. */
  check(input: unknown): void
}
export type JobTypes = ReadonlyMap<string, JobType>

/** Longest delay that a timer of Node holds: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
export const longestTimer = 2_147_483_647

/** Throws for a type that is defined twice, a name, a schedule or a number that cannot be meant. */
export function knowTypes(definitions: readonly JobDefinition[]): JobTypes {
  const types = new Map<string, JobType>()
  for (const definition of definitions) {
    if (types.has(definition.type)) throw new Error(`The job type ${definition.type} is defined twice.`)
    types.set(definition.type, knowType(definition))
  }
  return types
}

function knowType(definition: JobDefinition): JobType {
  const { type, attempts = 3, timeout = 300_000, concurrent = 4, delays = [], schedule } = definition
  if (!/^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$/.test(type) || type.length > 100)
    throw new Error(`"${type}" is no name for a job type: lower-case words with dots, such as documents.extract.`)
  if (typeof definition.run !== 'function') throw new Error(`The job type ${type} has no run.`)
  if (!(attempts >= 1 && timeout >= 1 && concurrent >= 1 && delays.every((delay) => delay >= 0)))
    throw new Error(`The job type ${type} has a number that cannot be meant.`)
  const known: JobType = {
    definition,
    ...{ attempts, timeout: Math.min(timeout, longestTimer), concurrent },
    check: checker(definition),
  }
  if (schedule) {
    known.check(schedule.input)
    tickAfter(schedule.cron, 'UTC', 0)
  }
  return known
}

function checker({ input: schema }: JobDefinition): (input: unknown) => void {
  let validator: Validator | undefined
  return (input) => {
    validator ??= Compile(schema)
    if (!validator.Check(input)) throw fail('INVALID_INPUT', {}, fieldsOf(validator, input))
  }
}

const fieldsOf = (validator: Validator, input: unknown): FieldError[] =>
  validator
    .Errors(input)
    .filter(({ keyword }) => keyword !== 'boolean')
    .slice(0, 20)
    .map(({ instancePath, message }) => ({ path: `/input${instancePath}`, message }))
