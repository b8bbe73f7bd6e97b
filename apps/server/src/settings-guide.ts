/** The guide to the settings, out of their list. */
import { type Setting, settings } from './config.ts'

export function settingsGuide(): string {
  const rows = (settings as readonly Setting[]).map(({ name, default: given, help, words }) => {
    const choice = words && words.length > 1 ? ` One of: ${words.join(', ')}.` : ''
    return `| \`${name}\` | ${given ? `\`${given}\`` : ''} | ${help}${choice} |`
  })
  return [
    '# Settings',
    '',
    'Environment variables, or the same names in a YAML file that `CAIRN_CONFIG` names; the environment wins.',
    'They are read once, at start. A wrong one stops the start and says why.',
    '',
    '| name | default | what it does |',
    '| --- | --- | --- |',
    ...rows,
    '',
    'Made by `npm run settings-guide` from `apps/server/src/config.ts`.',
    '',
  ].join('\n')
}
